"""A shared link shows a picture where it is pasted, leads to the page, and lets nobody write into it."""

from __future__ import annotations

import io
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np
import pytest
from PIL import Image

import amgan
from amgan.sampling.marking import XMP, name_in
from amgan.sampling.media import enlarge, grid
from amgan.sampling.picture_row import NamedPicture
from amgan.server.routes import share
from amgan.ui.page import build_page
from tests.server.running import problem, running, wait_until


@pytest.fixture(scope="module")
def client(weights):
    with running(weights, page_of=build_page) as client:
        yield client


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.metas, self.links, self.scripts, self._in_script = {}, [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "meta":
            self.metas[attributes.get("property") or attributes.get("name") or ""] = attributes.get("content")
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "script":
            self.scripts.append(attributes)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("class=Bag&n=9&seed=5", "Bag: 9 pictures from seed 5 on"),
        ("model=predefined&seed=1&n=1", "Any class, seed 1"),
        ("tab=interpolate&from=3&from_class=Bag&to=4", "From Bag (seed 3) to seed 4"),
        ("tab=kept&pictures=model%3Ddynamic%26seed%3D7~12-3%0Amodel%3Dpredefined%26seed%3D2", "2 pictures kept"),
    ],
)
def test_what_is_shown(client, query, title):
    answer = client.get(f"/share?{query}")
    tags = Tags(answer.text)
    assert tags.metas["og:title"] == title
    picture = urlsplit(tags.metas["og:image"])
    assert f"{picture.scheme}://{picture.netloc}" == str(client.base_url).rstrip("/")
    shown = client.get(tags.metas["og:image"])
    assert shown.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(shown.content))
    assert min(image.size) >= 200
    # The link leads to the page, which restores the same state.
    (link,) = tags.links
    assert parse_qs(urlsplit(link).query) == parse_qs(picture.query)
    assert parse_qs(query).keys() <= parse_qs(urlsplit(link).query).keys() | {"n"}
    # The page itself says the same where its own address is pasted, and nothing of the library's is left.
    page = client.get(link).text
    assert "gradio" in page
    own = Tags(page).metas
    assert {key: value for key, value in tags.metas.items() if key.startswith(("og:", "twitter:"))} | {
        "og:url": tags.metas["og:url"].replace("/share", "/")
    } == {key: value for key, value in own.items() if key.startswith(("og:", "twitter:"))}


def test_the_page_without_a_link_is_named_after_its_model_and_has_an_icon_of_its_own(client):
    page = client.get("/", headers={"accept-encoding": "identity"})
    assert Tags(page.text).metas["og:title"] == "AM-GAN: pictures by dynamic"
    assert page.text.count("og:title") == page.text.count("<title>") == 1
    assert int(page.headers["content-length"]) == len(page.content)
    packed = client.get("/")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == page.text
    assert int(packed.headers["content-length"]) < len(page.content) / 4
    assert "content-length" not in client.head("/").headers
    nothing = client.get("/nothing-here", headers={"accept": "text/html,*/*"})
    assert nothing.status_code == 404
    assert Tags(nothing.text).links == ["/"]
    assert problem(client.get("/nothing-here"), 404)
    icon = client.get("/favicon.ico")
    assert icon.headers["content-type"] == "image/png"
    assert icon.content == (Path(amgan.__file__).parent / "ui" / "favicon.png").read_bytes()


def test_the_preview_is_the_sheet(client):
    shown = client.get("/share/preview.png?class=Bag&n=9&seed=5")
    sheet = grid(client.shelf.model("dynamic").sample("Bag", range(5, 14)), 3)
    expected = enlarge(sheet, 600 // sheet.shape[1])
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(shown.content))), expected[..., 0])
    assert "max-age=300" in shown.headers["cache-control"]
    revision = client.shelf.model("dynamic").revision[:8]
    alone = client.get("/share/preview.png?class=Bag&n=1&seed=5~12-1")
    assert NamedPicture.of(name_in(alone.content)).seed == "5~12-1", "people send it on"
    kept = client.get(f"/share/preview.png?model=dynamic&rev={revision}&seed=5")
    assert "max-age=86400" in kept.headers["cache-control"]


def test_a_morph_is_an_animation_for_pages_of_ones_own(client):
    answer = client.get("/share/preview.webp?tab=interpolate&from=3&from_class=Bag&to=4~12-1&frames=12&speed=fast")
    assert answer.headers["content-type"] == "image/webp"
    assert XMP in answer.content
    image = Image.open(io.BytesIO(answer.content))
    assert (image.n_frames, image.info["loop"]) == (12, 0)
    model = client.shelf.model("dynamic")
    factor = image.width // model.config.image_size
    frames = enlarge(model.interpolate(3, "4~12-1", 12, ["Bag", None]), factor)
    assert np.array_equal(np.asarray(image.convert("RGB")), np.broadcast_to(frames[0], (*frames.shape[1:3], 3)))


def test_a_small_preview_does_not_hold_up_the_others(client, monkeypatch):
    seen = []
    monkeypatch.setattr(share, "enlarge", lambda *rest: seen.append(threading.current_thread().name) or enlarge(*rest))
    assert client.get("/share/preview.png?n=1").status_code == 200
    assert [name.startswith("encoding") for name in seen] == [True]


@pytest.mark.parametrize(
    "value",
    ['"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "javascript:alert(1)", "</title><b>", "{0}"],
)
@pytest.mark.parametrize("key", ["class", "model", "from_class", "tab", "rev", "seed", "x"])
def test_nobody_writes_into_the_page(client, key, value):
    for tab in ("sample", "interpolate"):
        params = {"tab": tab} | {key: value}
        page = client.get("/", params=params)
        assert all(value not in str(text) for text in Tags(page.text).metas.values())
        assert '"><script>alert' not in page.text
        answer = client.get("/share", params=params)
        assert answer.status_code == 200
        assert value not in answer.text
        tags = Tags(answer.text)
        assert tags.scripts == [{}]
        assert all(link.startswith("/?") for link in tags.links)
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_host_that_is_none(client):
    answer = client.get("/share", headers={"host": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text


def test_the_page_and_the_routes_live_side_by_side(client):
    assert "gradio" in client.get("/").text
    assert client.head("/healthz").status_code == client.head("/").status_code == 200
    assert client.get("/v1/models").json()["models"]
    problem(client.get("/v1/nothing"), 404)
    problem(client.put("/v1/images"), 405)
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert client.get("/gradio_api/runs").status_code == 404
    assert client.get("/monitoring").status_code in (403, 404)


def test_nothing_is_made_for_who_has_gone(client, monkeypatch):
    """Whoever asks for long films and hangs up would hold up all previews behind them."""
    made, free = [], threading.Event()

    def make(morph, form):
        made.append(morph.state.start.seed)
        assert free.wait(30)
        return b""

    def ask(seed, **options):
        return client.get(f"/share/preview.webp?tab=interpolate&frames=2&from={seed}&to=1", **options)

    monkeypatch.setattr(share, "encode_morph", make)
    busy = [threading.Thread(target=ask, args=(seed,)) for seed in (10, 11)]
    for thread in busy:
        thread.start()
    wait_until(lambda: len(made) == 2)
    with pytest.raises(httpx.ReadTimeout):
        ask(12, timeout=2.0)
    for _ in range(3):
        assert client.get("/healthz").is_success
    free.set()
    for thread in busy:
        thread.join(30)
    assert ask(13).is_success
    assert sorted(made) == [10, 11, 13]
