"""The folder of a static page: what is in it, what it replaces, and what it leaves alone."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from amgan.cli import main
from amgan.errors import ExportError
from amgan.export.static_page import PAGE, check_folder, write_static_page
from amgan.languages.reading import LANGUAGES, section
from amgan.sampling.marking import XMP
from tests.models import NAMES, message


def facts(exported):
    return json.loads((exported.folder / exported.place / "model.json").read_text(encoding="utf-8"))


def test_the_command_says_how_near_the_pictures_are_and_what_it_wrote(dynamic):
    said = " ".join(dynamic.said.split())
    assert "pictures have the model's bytes" in said
    assert "D's probabilities differ by at most" in said
    size = sum(file.stat().st_size for file in dynamic.folder.rglob("*") if file.is_file())
    assert f"{size / 1e6:.1f} MB -> {dynamic.folder}" in said


def test_the_page_knows_its_model(dynamic, predefined):
    model = dynamic.model
    assert facts(dynamic) | {"languages": None} == {
        "name": "shoes", "revision": model.revision, "classes": list(NAMES), "side": 32, "channels": 1, "latentDim": 20,
        "isPredefined": False, "knowsClasses": True, "judgesClasses": True, "isJudged": True, "confidence": 0.5,
        "mostDraws": 600, "indexed": 6, "languages": None, "shown": {},
    }  # fmt: skip
    assert facts(dynamic)["languages"] == LANGUAGES
    for lang in LANGUAGES:
        words = json.loads((dynamic.folder / dynamic.place / f"words-{lang}.json").read_text(encoding="utf-8"))
        assert words == section(lang, "static")
    draws = np.fromfile(dynamic.folder / dynamic.place / "seeds.bin", dtype="<i2").reshape(6, 3)
    assert np.array_equal(draws, model.seed_index.draws.numpy())
    assert facts(predefined)["isPredefined"]
    assert facts(predefined)["shown"] == {"ja": ["Sneaker", "<b>バッグ", "ブーツ"]}
    assert not (predefined.folder / predefined.place / "seeds.bin").exists()


def test_its_text_escapes_what_people_called_it(predefined):
    page = (predefined.folder / "index.html").read_text(encoding="utf-8")
    assert "<title>Hats &amp; &lt;b&gt;more&lt;/b&gt; – AM-GAN</title>" in page
    assert "<b>" not in page
    assert "og:image" not in page
    readme = (predefined.folder / "README.md").read_text(encoding="utf-8")
    assert 'title: "Hats & <b>more</b>"' in readme
    assert f"revision `{predefined.model.revision}`" in readme


def test_a_pasted_link_shows_pictures(dynamic):
    page = (dynamic.folder / "index.html").read_text(encoding="utf-8")
    assert '<meta property="og:image" content="https://user.github.io/demo/preview.png">' in page
    preview = dynamic.folder / "preview.png"
    assert XMP in preview.read_bytes()
    with Image.open(preview) as image:
        assert image.width >= 500


def test_all_that_it_loads_is_there_and_nothing_else_is_named(dynamic):
    page = (dynamic.folder / "index.html").read_text(encoding="utf-8")
    for address in re.findall(r'(?:href|src)="([^"]+)"', page):
        assert (dynamic.folder / address).is_file(), address
    for script in (dynamic.folder / dynamic.place).glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"https?://(?!www\.w3\.org|iptc\.org|ns\.adobe|cv\.iptc)", text), script.name
        for name in re.findall(r'from "\./([^"]+)"', text):
            assert (script.parent / name).is_file(), name


def test_a_newer_page_takes_the_place_and_other_files_stay(dynamic, predefined, tmp_path):
    folder = tmp_path / "page"
    shutil.copytree(predefined.folder, folder)
    (old,) = (folder / "files").iterdir()
    (folder / "CNAME").write_text("shoes.example.org")
    (folder / "files" / "theirs").mkdir()
    write_static_page(dynamic.model, "shoes", folder, judged=False)
    assert not old.exists()
    (new,) = (place for place in (folder / "files").iterdir() if place.name != "theirs")
    assert (folder / "CNAME").read_text() == "shoes.example.org"
    assert "<title>shoes" in (folder / "index.html").read_text(encoding="utf-8")
    # Without D the seed index still finds classes.
    model = json.loads((new / "model.json").read_text(encoding="utf-8"))
    assert (model["isJudged"], model["knowsClasses"]) == (False, True)
    assert not (new / "judge.onnx").exists()


def test_another_page_is_not_run_over(dynamic, tmp_path, capsys):
    (tmp_path / "index.html").write_text("<title>theirs</title>")
    for call in (lambda: check_folder(tmp_path), lambda: write_static_page(dynamic.model, "shoes", tmp_path)):
        with pytest.raises(ExportError, match="holds a page of somebody else's"):
            call()
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]
    with pytest.raises(ExportError, match="is a file"):
        check_folder(tmp_path / "index.html")
    with pytest.raises(SystemExit):
        main(["export", "--model", "nowhere", "--to", str(tmp_path)])
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize("url", ["shoes", "ftp://a/b", "https://", "https://a/?q=1", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused(dynamic, tmp_path, url):
    with pytest.raises(ExportError) as refused:
        write_static_page(dynamic.model, "shoes", tmp_path / "page", url=url)
    assert "is no address of a page" in message(refused.value)
    assert not (tmp_path / "page").exists()


def test_the_engine_is_the_one_that_is_named():
    text = (PAGE / "engine" / "LICENCE.md").read_text(encoding="utf-8")
    digests = dict(re.findall(r"^\| `([\w.]+)`.*\| ([0-9a-f]{64}) \|$", text, re.MULTILINE))
    script = (PAGE / "engine" / "ort.js").read_bytes()
    program = gzip.decompress((PAGE / "engine" / "ort.wasm.gz").read_bytes())
    assert digests == {
        "ort.js": hashlib.sha256(script).hexdigest(), "ort.wasm.gz": hashlib.sha256(program).hexdigest(),
    }  # fmt: skip
    assert "MIT License" in text
    version = re.search(r"onnxruntime-web\) ([\d.]+)", text)[1]
    assert f"ONNX Runtime Web v{version}\n".encode() in script


def test_every_word_is_used_and_every_word_that_is_used_is_there():
    scripts = "".join(file.read_text(encoding="utf-8") for file in PAGE.glob("*.js"))
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'data-(?:say|label)="(\w+)"', page)) | set(re.findall(r'\bsay\("(\w+)"', scripts))
    words = section("en", "static").keys()
    assert named <= words
    assert words - named <= set(re.findall(r'"(\w+)"', scripts))
