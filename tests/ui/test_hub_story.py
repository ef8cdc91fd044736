"""The whole way: training publishes, the page shows it, offers what training published next, and forgets nothing."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from pathlib import Path

import datasets
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from amgan import AMGAN
from tests.hub.client import ROOT, client_environment
from tests.hub.server import OWNER, HubServer
from tests.ui.app_process import running_app
from tests.ui.browsing import choose_model, expect_model, open_page, sources
from tests.ui.language import PAGE

FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
FIRST, LAST = 4, 10
NAME = "user/fashion"

TRAIN = """
from tests.training.runs import shorten_releases
shorten_releases()
from amgan.cli import main
main()
"""
"""The command line, whose releases take no time; how good their statistics, sheets and maps are does not matter."""


def make_fashion(folder: Path, count: int = 300) -> Path:
    """Pictures in the layout of Fashion-MNIST on the Hub: grey, 28 x 28, ten classes, one Parquet file a split."""
    draw = np.random.default_rng(0)
    cells = []
    for number in range(count):
        kind = number % len(FASHION)
        pixels = np.zeros((28, 28), np.uint8)
        pixels[4 + kind : 24, 4 : 6 + 2 * kind] = draw.integers(100, 256)
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        cells.append({"bytes": buffer.getvalue(), "path": None})
    columns = {"image": cells, "label": [number % len(FASHION) for number in range(count)]}
    features = datasets.Features(image=datasets.Image(), label=datasets.ClassLabel(names=list(FASHION)))
    (folder / "data").mkdir(parents=True)
    datasets.Dataset.from_dict(columns, features).to_parquet(folder / "data" / "train-00000-of-00001.parquet")
    return folder


def start_training(data: Path, out: Path, environment: dict[str, str], *more: str) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-c", TRAIN, "train", "--data", str(data), "--out", str(out), "--push-to-hub", NAME,
        "--generator-width", "4", "--discriminator-width", "4", "--batch-size", "16", "--latent-dim", "8",
        "--ema-decay", "0.9", "--confidence", "0.1", "--index-seeds", "1", "--generator-first", "1",
        "--discriminator-first", "0", *more,
    ]  # fmt: skip
    return subprocess.Popen(
        command, cwd=ROOT, env=environment | {"HF_TOKEN": OWNER}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip


def finish(training: subprocess.Popen[str]) -> None:
    try:
        output = training.communicate(timeout=240)[0]
    finally:
        training.kill()
    assert training.returncode == 0, output


def pictures_of(hub: HubServer, tag: str, folder: Path) -> list[bytes]:
    """The pixels of the first 16 pictures of what the Hub has under a tag."""
    commit = hub.repositories[NAME].at(tag)
    assert commit is not None
    folder.mkdir()
    for name, blob in commit.files.items():
        (folder / name).write_bytes(blob.content)
    return [picture.tobytes() for picture in AMGAN.from_pretrained(folder).sample(seeds=range(16))]


def pixels(sources: list[str]) -> list[bytes]:
    """The pixels of pictures in data URIs."""
    files = [io.BytesIO(base64.b64decode(source.partition(",")[2])) for source in sources]
    return [Image.open(file).tobytes() for file in files]


@pytest.mark.timeout(900)  # six processes of some seconds each, on a machine that may be busy
def test_from_training_to_the_page_and_on(
    browser: Browser, weights: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    hub = HubServer()
    data = Path(request.config.getoption("--fashion-mnist") or make_fashion(tmp_path / "fashion"))
    environment = client_environment(hub.endpoint, tmp_path / "home")
    training = start_training(data, tmp_path / "run", environment, "--steps", str(FIRST))
    old_tag, new_tag = f"step-{FIRST:07d}", f"step-{LAST:07d}"
    (tmp_path / "app").mkdir()
    models = ["--models", NAME, f"{NAME}@{old_tag}"]
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        with running_app(weights, tmp_path / "app", environment, models) as url:
            finish(training)
            repository = hub.repositories[NAME]
            old = repository.head.sha
            assert repository.tags == {old_tag: old}
            page = context.new_page()
            open_page(page, url)
            choose_model(page, NAME)
            expect_model(page, NAME, old)
            page.wait_for_url(re.compile(f"rev={old}"))
            link, old_pictures = page.url, pixels(sources(page))
            assert old_pictures == pictures_of(hub, old_tag, tmp_path / "old")

            # Training goes on and publishes again: nothing changes until the visitor says so.
            finish(start_training(data, tmp_path / "run", environment, "--steps", str(LAST), "--resume"))
            new = repository.head.sha
            assert repository.tags == {old_tag: old, new_tag: new}
            page.get_by_role("tab", name=PAGE.tab_about).click()
            page.get_by_role("button", name=PAGE.look_for_newer).click()
            take = page.get_by_role("button", name=PAGE.take_newer.format(revision=new[:8]))
            expect(take).to_be_visible()
            expect(page.get_by_text(PAGE.newer.format(name=NAME))).to_be_visible()
            expect_model(page, NAME, old)
            assert pixels(sources(page)) == old_pictures
            take.click()
            expect_model(page, NAME, new)
            expect(take).to_be_hidden()
            page.get_by_role("tab", name=PAGE.tab_sample).click()
            page.wait_for_url(re.compile(f"rev={new}"))
            new_pictures = pixels(sources(page))
            assert new_pictures == pictures_of(hub, new_tag, tmp_path / "new")
            assert not set(new_pictures) & set(old_pictures)

            # The old ones are there for ever: by their link, and by their tag, with the Hub away as well.
            choose_model(page, f"{NAME}@{old_tag}")
            expect_model(page, f"{NAME}@{old_tag}", old)
            assert pixels(sources(page)) == old_pictures
            with hub.stopped():
                open_page(page, link)
                expect_model(page, NAME, old)
                assert pixels(sources(page)) == old_pictures
                open_page(page, url + f"?model={NAME}&seed=0")
                expect_model(page, NAME, new)
                assert pixels(sources(page)) == new_pictures
    finally:
        training.kill()
        context.close()
        hub.stop()
