"""The folder that any web host can keep: one page, and what it loads under a name that says its content."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from amgan import __version__
from amgan.errors import ExportError
from amgan.export.agreement import Agreement, check_nets
from amgan.export.nets import OnnxNets, onnx_nets
from amgan.languages.reading import DEFAULT, LANGUAGES, section
from amgan.model import AMGAN
from amgan.sampling.class_search import most_draws
from amgan.sampling.marking import MADE_UP
from amgan.sampling.media import encode_png, enlarge
from amgan.sampling.release_sheet import release_sheet
from amgan.templates import html_template, markdown_template
from amgan.whole_files import replacing_folder, write_whole

HERE = Path(__file__).parent
PAGE = HERE / "page"
INDEX = "index.html"
GENERATOR = "amgan static page"
"""Begins the content of a meta tag in every such page, by which a folder is known as one of ours."""
FILES = "files"
OWN_FILES = re.compile(r"[0-9a-f]{12}")
WORDS = "static"
"""The page's section in the files of the languages."""
PREVIEW_PIXELS = 600


@dataclass(frozen=True)
class StaticPage:
    """A page that was written.

    Attributes:
        folder: Where.
        bytes: Of all its files together.
        agreement: How near its pictures are to the model's.
    """

    folder: Path
    bytes: int
    agreement: Agreement


def write_static_page(
    model: AMGAN, name: str, folder: Path, *, title: str | None = None, judged: bool = True, url: str | None = None
) -> StaticPage:
    """Write a page without a server for a model, once its nets as ONNX were seen to draw what the model draws.

    A page of ours that is there is replaced; other files beside it stay.

    Args:
        model: The model.
        name: What it is called in the names of its pictures.
        folder: Where to.
        title: What the page is called, if not as the model.
        judged: Whether D is part of it, which says how sure it is of a class and searches beyond the seed index.
        url: The address it will have, for the picture that messengers show beside a link; None if it is not known.

    Raises:
        ExportError: what it needs is not installed, the folder holds another page, the address is none, or the nets do
            not draw what the model draws. Nothing is written then.
        OSError: the folder cannot be written.
    """
    address = _address(url)
    check_folder(folder)
    nets = onnx_nets(model, judged)
    agreement = check_nets(model, nets)
    loaded = _loaded(model, name, nets)
    place = f"{FILES}/{_digest(loaded)[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILES).mkdir(exist_ok=True)
    with replacing_folder(folder / place) as writing:
        for path, content in loaded.items():
            (writing / path).parent.mkdir(exist_ok=True)
            (writing / path).write_bytes(content)
    outside = _outside(model, name, title or name, agreement, place, address)
    for path, content in outside.items():
        write_whole(folder / path, content)
    for old in (folder / FILES).iterdir():
        if OWN_FILES.fullmatch(old.name) and old != folder / place:
            shutil.rmtree(old, ignore_errors=True)
    return StaticPage(folder, sum(map(len, (loaded | outside).values())), agreement)


def check_folder(folder: Path) -> None:
    """Check that a page may be written to a folder.

    Raises:
        ExportError: it is a file, or holds a page that is not ours.
    """
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} is a file: name a folder")
    index = folder / INDEX
    is_ours = index.is_file() and f'content="{GENERATOR}' in index.read_text(encoding="utf-8", errors="replace")
    if index.exists() and not is_ours:
        raise ExportError(f"{folder} holds a page of somebody else's, {INDEX}: name another folder")


def _address(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ExportError(f"{url!r:.100} is no address of a page: write it as https://user.github.io/demo/")
    return url.rstrip("/") + "/"


def _loaded(model: AMGAN, name: str, nets: OnnxNets) -> dict[str, bytes]:
    """All that the page loads, by its path beside it."""
    files = {
        file.relative_to(PAGE).as_posix(): file.read_bytes()
        for file in sorted(PAGE.rglob("*"))
        if file.is_file() and file.name != INDEX
    }
    files["generator.onnx"] = nets.generator
    if nets.judge is not None:
        files["judge.onnx"] = nets.judge
    if model.seed_index is not None and not model.config.is_predefined:
        files["seeds.bin"] = model.seed_index.draws.numpy().astype("<i2").tobytes()
    for lang in LANGUAGES:
        files[f"words-{lang}.json"] = json.dumps(section(lang, WORDS), ensure_ascii=False).encode()
    files["model.json"] = json.dumps(_facts(model, name, nets.judge is not None), ensure_ascii=False).encode()
    side = model.config.image_size
    files["icon.png"] = encode_png(enlarge(model.sample(seeds=0)[0], max(1, 64 // side)), MADE_UP)
    return files


def _facts(model: AMGAN, name: str, is_judged: bool) -> dict[str, Any]:
    config, index = model.config, model.seed_index
    indexed = len(index) if index is not None and not config.is_predefined else 0
    return {
        "name": name,
        "revision": model.revision,
        "classes": list(config.class_names),
        "side": config.image_size,
        "channels": config.channels,
        "latentDim": config.latent_dim,
        "isPredefined": config.is_predefined,
        # Without D and an index a dynamic model finds no class.
        "knowsClasses": config.knows_classes and (config.is_predefined or is_judged or indexed > 0),
        "judgesClasses": config.judges_classes,
        "isJudged": is_judged,
        "confidence": config.confidence,
        "mostDraws": most_draws(config.num_classes),
        "indexed": indexed,
        "languages": LANGUAGES,
        # What is shown for each class, where that is not its own name.
        "shown": {lang: list(model.class_names_in(lang)) for lang in LANGUAGES if lang in model.class_translations},
    }


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _outside(
    model: AMGAN, name: str, title: str, agreement: Agreement, place: str, url: str | None
) -> dict[str, bytes]:
    """The page itself, and what people and hosts find beside it."""
    modules = sorted(file.name for file in PAGE.glob("*.js") if file.name != "drawing.js")
    index = html_template(PAGE / INDEX).render(
        title=title, place=place, modules=modules, url=url, generator=f"{GENERATOR} {__version__}"
    )
    training = model.metrics.get("training")
    licence = training.get("data_licence") if isinstance(training, dict) else None
    readme = markdown_template(HERE / "readme.md").render(
        title=title,
        model=name,
        revision=model.revision,
        nets=model.config.nets.sentence(DEFAULT),
        data_licence=str(licence["name"]) if isinstance(licence, dict) and "name" in licence else "not stated",
        checked=agreement.sentence,
        place=place,
    )
    return {
        "preview.png": encode_png(_preview(model), MADE_UP),
        "README.md": readme.encode(),
        ".nojekyll": b"",
        INDEX: index.encode(),
    }


def _preview(model: AMGAN) -> np.ndarray:
    sheet = release_sheet(model.sampler)
    return enlarge(sheet, -(-PREVIEW_PIXELS // sheet.shape[1]))
