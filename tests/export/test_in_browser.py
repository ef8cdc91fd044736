"""The static page in a browser: the model's own latents, bytes, opinions, morphs, links, marks; no other host asked."""

from __future__ import annotations

import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Error, Page, expect

from amgan import AMGAN
from amgan.cli import main
from amgan.sampling.interpolation import path
from amgan.sampling.latents import LatentStream, class_of_seed
from amgan.sampling.marking import XMP, name_in
from tests.export.pages import Exported, serving
from tests.models import NAMES
from tests.ui.browsing import says_for_a_moment, wait_until

PIXELS = """async (images) => Promise.all(images.map(async (image) => {
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context.drawImage(image, 0, 0);
  return [height, width, Array.from(context.getImageData(0, 0, width, height).data)];
}))"""
"""Of pictures as the browser shows them; the page itself may not read them in another way."""


def pixels(content: bytes, channels: int = 1) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image).reshape(image.height, image.width, channels)


def assert_same(found: np.ndarray, model: np.ndarray) -> None:
    """The model's bytes: another machine adds up in another order, so that a value may be on the verge of two bytes."""
    assert found.shape == model.shape
    apart = np.abs(found.astype(int) - model)
    assert apart.max() <= 1
    assert (apart > 0).sum() <= 1e-4 * apart.size + 1


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#sheet")).to_have_attribute("aria-busy", "false")


def shown(page: Page, channels: int = 1, where: str = ".tile img") -> np.ndarray:
    """The pictures that are to be seen, uint8 (N, H, W, C)."""
    found = page.locator(where).evaluate_all(PIXELS)
    pictures = np.stack([np.array(data, dtype=np.uint8).reshape(height, width, 4) for height, width, data in found])
    assert (pictures[..., 3] == 255).all()
    return pictures[..., :channels]


def captions(page: Page) -> list[list[str]]:
    return page.locator(".tile span").evaluate_all(
        "spans => spans.map((span) => Array.from(span.children, (part) => part.textContent))"
    )


def test_seeds_give_the_latents_of_torch_bit_for_bit(page: Page, url: str, dynamic: Exported) -> None:
    page.goto(url)
    cases = [(seed, size) for size in (1, 5, 15, 16, 17, 32, 100, 129) for seed in (0, 1, 7, 20260728, 2**32 - 1)]
    draws = """async ([place, cases]) => {
      const { LatentStream, classOfSeed } = await import(place);
      return cases.map(([seed, size]) => {
        const stream = new LatentStream(seed, size);
        return [classOfSeed(seed, 10), ...Array.from({ length: 4 }, () => Array.from(stream.next()))];
      });
    }"""
    told = page.evaluate(draws, [f"{url}{dynamic.place}/latents.js", cases])
    for (seed, size), (label, *blocks) in zip(cases, told, strict=True):
        assert label == class_of_seed(seed, 10)
        expected = LatentStream(seed, size).take(4)
        found = torch.tensor(blocks, dtype=torch.float32)
        if torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512") or size < 16:
            assert torch.equal(found, expected), (seed, size)
        else:  # other machines have another logarithm, in torch as well
            torch.testing.assert_close(found, expected, rtol=0.01, atol=1e-5)


@pytest.mark.parametrize("method", ["slerp", "lerp"])
@pytest.mark.parametrize("loop", [False, True])
def test_a_path_is_that_of_python(page: Page, url: str, dynamic: Exported, method: str, loop: bool) -> None:
    page.goto(url)
    keyframes = LatentStream(3, 20).take(3)
    walk = """async ([place, keyframes, method, loop]) => {
      const paths = await import(place);
      const latents = keyframes.map((each) => Float32Array.from(each));
      return paths.path(latents, 11, paths[method], loop).map((each) => [...each]);
    }"""
    told = page.evaluate(walk, [f"{url}{dynamic.place}/paths.js", keyframes.tolist(), method, loop])
    torch.testing.assert_close(
        torch.tensor(told, dtype=torch.float32), path(keyframes, 11, method, loop), rtol=2e-7, atol=1e-7
    )


def test_the_first_sheet_has_a_row_of_each_class_in_the_models_bytes(page: Page, url: str, dynamic: Exported) -> None:
    open_page(page, url)
    names = [(label, seed) for label in NAMES for seed in range(4)]
    model = dynamic.model
    pictures, samples = model.sampler.sample([seed for _, seed in names], [NAMES.index(label) for label, _ in names])
    assert_same(shown(page), pictures)
    for caption, (label, seed), sample in zip(captions(page), names, samples, strict=True):
        assert caption[:2] == [label, f"seed {seed}"]
        assert abs(float(caption[2].removesuffix("\N{NO-BREAK SPACE}%")) - 100 * sample.class_probability) <= 0.5001
    expect(page.locator("#status")).to_have_text("12 pictures drawn.")


@pytest.mark.parametrize(
    ("query", "seeds", "label", "truncation"),
    [
        ("seed=3&n=9", range(3, 12), None, 1.0),
        ("class=Ankle+boot&seed=2&n=9", range(2, 11), "Ankle boot", 1.0),  # in the index, and beyond it by a search
        ("class=Bag&seed=1&n=1&truncation=0.7", [1], "Bag", 0.7),  # another scale than the index has
    ],
)
def test_a_link_gives_the_models_bytes(
    page: Page, url: str, dynamic: Exported, query, seeds, label, truncation
) -> None:
    open_page(page, f"{url}?{query}")
    assert_same(shown(page), dynamic.model.sample(label, list(seeds), truncation))
    assert page.locator("#note").is_hidden()
    named = [caption[0] for caption in captions(page)]
    _, samples = dynamic.model.sampler.sample(
        list(seeds), [None if label is None else NAMES.index(label)] * len(named), truncation
    )
    assert named == [NAMES[sample.label] for sample in samples]


def test_a_model_that_is_given_the_class_draws_its_bytes(page: Page, predefined: Exported) -> None:
    with serving(predefined.folder) as address:
        for query, label in (("seed=5&n=9", None), ("class=Bag&seed=5&n=9", "Bag")):
            open_page(page, f"{address}?{query}")
            assert_same(shown(page, channels=3), predefined.model.sample(label, list(range(5, 14))))
        page.goto(f"{address}?tab=interpolate&from=1&from_class=Bag&to=2&frames=5")
        expect(page.get_by_role("button", name="Film strip (PNG)")).to_be_enabled()
        frames = predefined.model.interpolate(1, 2, frames=5, labels=["Bag", None])
        assert_same(strip(page, channels=3), np.concatenate(list(frames), axis=1))


def strip(page: Page, channels: int = 1) -> np.ndarray:
    with page.expect_download() as started:
        page.get_by_role("button", name="Film strip (PNG)").click()
    content = Path(started.value.path()).read_bytes()
    assert XMP in content
    return pixels(content, channels)


def test_a_morph_has_the_models_frames_and_a_slider(page: Page, url: str, dynamic: Exported) -> None:
    page.goto(f"{url}?tab=interpolate&from=2&from_class=Bag&to=9&frames=6&method=lerp")
    expect(page.get_by_role("button", name="Film strip (PNG)")).to_be_enabled()
    frames = dynamic.model.interpolate(2, 9, frames=6, labels=["Bag", None], method="lerp")
    assert_same(strip(page), np.concatenate(list(frames), axis=1))
    page.get_by_role("slider").fill("3")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "Frame 4 of 6")
    assert_same(shown(page, where="#stage")[0], frames[3])


def test_a_downloaded_picture_is_marked_and_found_again(
    page: Page, url: str, dynamic: Exported, tmp_path: Path
) -> None:
    open_page(page, f"{url}?class=Bag&seed=4&n=1")
    page.locator(".tile").click()
    expect(page.locator("#viewer-seed")).to_contain_text("Seed 4")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download PNG").click()
    assert started.value.suggested_filename == "bag-seed-4.png"
    file = tmp_path / "bag.png"
    started.value.save_as(file)
    content = file.read_bytes()
    assert XMP in content
    _, (sample,) = dynamic.model.sampler.sample([4], [1])
    assert name_in(content) == {
        "model": "shoes", "revision": dynamic.model.revision, "seed": 4, "draw": sample.draw, "class": "Bag",
        "asked_class": "Bag", "truncation": 1, "confidence": None,
    }  # fmt: skip
    folder = dynamic.folder.parent / "shoes"
    main(["sample", "--from", str(file), "--model", str(folder), "--out", str(tmp_path / "again.png")])
    # In what is fast on this machine, which the page's fp32 may not be.
    (expected,) = AMGAN.from_pretrained(folder).sample([1], seeds=[4])
    assert np.array_equal(pixels((tmp_path / "again.png").read_bytes()), expected)


def test_what_is_shown_is_a_link_and_back_leads_back(page: Page, url: str, dynamic: Exported) -> None:
    open_page(page, f"{url}?seed=3&n=9")
    first = shown(page)
    page.locator("#class-chips").get_by_text("Ankle boot", exact=True).click()
    expect(page.locator("#sheet")).to_have_attribute("aria-busy", "false")
    page.get_by_role("button", name="New pictures").click()
    expect(page.locator("#sheet")).to_have_attribute("aria-busy", "false")
    with says_for_a_moment(page.locator("#copy-link"), "Copied"):
        page.locator("#copy-link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    asked = parse_qs(urlsplit(link).query)
    assert asked.keys() == {"rev", "class", "n", "seed"}
    assert (asked["class"], asked["n"]) == (["Ankle boot"], ["9"])
    seed = int(asked["seed"][0])
    expected = dynamic.model.sample("Ankle boot", list(range(seed, seed + 9)))
    assert_same(shown(page), expected)
    page.locator(".tile").first.click()
    expect(page.locator("#viewer")).to_be_visible()
    page.go_back()
    expect(page.locator("#viewer")).to_be_hidden()
    page.go_back()
    page.go_back()

    def is_first() -> bool:
        try:
            return np.array_equal(shown(page), first)
        except Error:  # a picture that just makes room for another cannot be read
            return False

    wait_until(page, is_first)  # that it goes back may not have begun when it is asked
    open_page(page, link)
    assert_same(shown(page), expected)


def test_what_a_link_says_wrong_is_said(page: Page, url: str) -> None:
    open_page(page, f"{url}?rev=0123abcd&class=Boat&n=7&seed=-1&truncation=9")
    note = page.locator("#note")
    expect(note).to_contain_text("another version")
    expect(note).to_contain_text("(class, n, seed, truncation)")
    page.set_viewport_size({"width": 390, "height": 560})
    page.get_by_text("Advanced").click()
    page.get_by_label("Truncation").fill("3")
    page.get_by_label("Truncation").blur()
    expect(page.locator("#status")).to_have_text("Truncation is a number above 0, at most 2.")
    expect(page.locator("#status")).to_be_in_viewport(ratio=0.9)
    assert page.locator(".tile").count() == 16  # what was there stays


@pytest.mark.parametrize("tab", ["sample", "interpolate"])
def test_japanese_fits_a_small_phone_and_can_be_reached_by_thumb(page: Page, url: str, tab: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{url}?lang=ja&tab={tab}")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.get_by_role("tab", name="生成")).to_be_visible()
    expect(page.get_by_role("link", name="English")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = """elements => elements.map((each) => [each.id || each.textContent, each.getBoundingClientRect()])
      .filter(([, { width, height }]) => width && (height < 44 || width < 40)).map(([name]) => name)"""
    assert (
        page.locator("button, select, input:not([type=radio]), .chips label, footer a, summary").evaluate_all(small)
        == []
    )


def test_classes_are_called_as_their_reader_calls_them(page: Page, predefined: Exported) -> None:
    with serving(predefined.folder) as address:
        open_page(page, f"{address}?lang=ja&class=ブーツ&n=1&seed=3")
        assert_same(shown(page, channels=3), predefined.model.sample("Ankle boot", [3]))
        expect(page.locator(".tile b")).to_have_text("ブーツ")
        assert page.locator("#class-chips label").all_text_contents()[-3:] == ["Sneaker", "<b>バッグ", "ブーツ"]
        page.locator(".tile").click()
        expect(page.locator("#viewer")).to_contain_text("ブーツ")
        with page.expect_download() as download:
            page.locator("#download").click()
        assert download.value.suggested_filename == "ankle-boot-seed-3.png"
        row = name_in(Path(download.value.path()).read_bytes())
        assert (row["class"], row["asked_class"]) == ("Ankle boot", "Ankle boot")
        open_page(page, f"{address}?class=Bag&n=1&seed=3")
        expect(page.locator(".tile b")).to_have_text("Bag")


def test_a_browser_chooses_the_language(browser, url: str) -> None:
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    page.goto(url)
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    context.close()


def test_keys_reach_everything(page: Page, url: str) -> None:
    open_page(page, f"{url}?seed=3&n=9")
    page.get_by_role("tab", name="Sample").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "tile"
    page.keyboard.press("Enter")
    title = page.locator("#viewer-seed")
    expect(title).to_contain_text("Seed 3")
    page.keyboard.press("ArrowRight")
    expect(title).to_contain_text("Seed 4")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # there is none before
    expect(title).to_contain_text("Seed 3")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    page.get_by_role("tab", name="Sample").press("ArrowRight")
    expect(page.get_by_role("tab", name="Morph")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#stage")).to_be_visible()


def test_a_file_that_is_missing_is_said_in_a_sentence(browser, url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/generator.onnx", lambda route: route.abort())
    page.goto(url)
    expect(page.locator("#status")).to_contain_text("The pictures cannot be drawn in this browser")
    context.close()
