"""Pictures as HTML."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import numpy as np

from amgan.languages.reading import LANGUAGES
from amgan.networks.config import ModelConfig
from amgan.sampling.archive import file_names
from amgan.sampling.marking import MADE_UP, made_up
from amgan.sampling.media import encode_png
from amgan.sampling.picture_row import picture_row
from amgan.sampling.sampler import Sample
from amgan.sampling.variation_name import Variation, trail, unmoved
from amgan.ui.drawing import Drawn, KeptPicture, Morph, Sheet, Variations, known_classes
from amgan.ui.links import REVISION_DIGITS, to_query
from amgan.ui.parts import part
from amgan.ui.state import PageState, SampleState
from amgan.ui.words import Words


def data_uri(content: bytes, kind: str) -> str:
    """A file as a data URI of MIME type `kind`."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def png_uri(picture: np.ndarray, mark: bytes = MADE_UP) -> str:
    """A picture (H, W, C) as a data URI, with a mark of `amgan.sampling.marking`: visitors save it as it is."""
    return data_uri(encode_png(picture, mark), "image/png")


def percent(probability: float) -> str:
    """A probability in whole per cent that never rounds to a certainty."""
    if 0.99 <= probability < 1:
        return f"{int(probability * 1000) / 10:.1f}"
    return f"{probability * 100:.0f}"


def alt_text(sample: Sample, drawn: Drawn, words: Words) -> str:
    """What a picture shows, in words."""
    knows = drawn.config.knows_classes
    label = drawn.class_texts[sample.label] if knows else words.variation_without_class
    base, moves = unmoved(sample.name)
    if isinstance(base, str):
        alt = words.variation_alt.format(label=label, number=_numbers(base), seed=sample.seed)
    elif knows:
        alt = words.picture_alt.format(label=label, seed=sample.seed)
    else:
        alt = words.picture_alt_without_class.format(seed=sample.seed)
    return words.picture_changed.format(picture=alt) if moves else alt


def _numbers(name: str) -> str:
    """Which variation it is, of which variation, as 3.1: the first one of the third; * where sliders were moved."""
    return ".".join("*" if step.is_along else str(step.number) for step in Variation.named(name).steps)


def confidence_text(sample: Sample, drawn: Drawn, words: Words) -> str:
    """D's confidence in words and per cent; empty if D never learnt the classes."""
    if not drawn.config.judges_classes:
        return ""
    text = next(text for least, text in words.sure_of.items() if sample.class_probability >= least)
    return text.format(label=drawn.class_texts[sample.label], percent=percent(sample.class_probability))


def sheet_html(sheet: Sheet, words: Words) -> str:
    """A sheet: a button for each picture, which opens it in the viewer."""
    tiles, many = _tiles(sheet, sheet.pictures, sheet.samples, words), _many(sheet)
    return part("sheet", _kind(many, sheet), _spoken(tiles, words), tiles)


def beside_html(sheet: Sheet, other: Sheet, note: str, words: Words) -> str:
    """Two sheets of the same seeds, each below its model's name, with what is to be said of the second, if anything."""
    sides = []
    for side, said in ((sheet, ""), (other, note)):
        tiles = _tiles(side, side.pictures, side.samples, words)
        version = words.version.format(revision=side.revision[:REVISION_DIGITS]) if side.revision else ""
        label = _spoken(tiles, words) if tiles else ""
        kind = _kind(_many(sheet), side)
        sides.append(
            {"name": side.model, "version": version, "note": said, "kind": kind, "label": label, "tiles": tiles}
        )
    return part("beside", sides)


def _many(sheet: Sheet) -> str:
    return "each" if sheet.state.has_rows(known_classes(sheet.config)) else str(sheet.state.count)


def _kind(many: str, drawn: Drawn) -> str:
    return f"ag-count-{many} ag-size-{drawn.config.image_size}"


def _spoken(tiles: Sequence[Any], words: Words) -> str:
    return words.sheet_of.format(count=len(tiles), first=tiles[0]["data"]["data-alt"])


def short_name(sample: Sample, drawn: Drawn, words: Words) -> str:
    """What stands below a picture."""
    return drawn.class_texts[sample.label] if drawn.config.knows_classes else _which(sample, words)


def _which(sample: Sample, words: Words) -> str:
    base, moves = unmoved(sample.name)
    which = (
        words.variation_number.format(number=_numbers(base))
        if isinstance(base, str)
        else words.picture_seed.format(seed=base)
    )
    return words.picture_changed.format(picture=which) if moves else which


def _tiles(drawn: Drawn, pictures: np.ndarray, samples: Sequence[Sample], words: Words) -> list[Any]:
    files = file_names(samples, drawn.config.class_names)
    return [_tile(drawn, *each, words) for each in zip(pictures, samples, files, strict=True)]


def _tile(drawn: Drawn, picture: np.ndarray, sample: Sample, file: str, words: Words) -> dict[str, Any]:
    config = drawn.config
    asked = None if sample.asked is None else config.class_names[sample.asked]
    single = SampleState(asked, 1, sample.name, sample.truncation)
    name = short_name(sample, drawn, words)
    alt = alt_text(sample, drawn, words)
    facts = [_which(sample, words)] if config.knows_classes else []
    if config.judges_classes:
        facts.append(words.percent.format(percent=percent(sample.class_probability)))
    data = {
        "alt": alt,
        "title": words.picture_title.format(label=name),
        "sure": confidence_text(sample, drawn, words),
        "real": words.real_of.format(percent=percent(sample.real_probability)),
        "draw": (words.draw_of if sample.draw else words.seed_of).format(seed=sample.seed, draw=sample.draw),
        "query": to_query(PageState(drawn.model, drawn.revision, "sample", single)),
        "file": file,
        "seed": str(sample.name),
        "label": asked or "",
        "truncation": repr(sample.truncation),
    }
    if sample.variation is not None:
        data["draw"] = _way(sample.variation, words)
        base, moves = unmoved(sample.variation)
        data |= {"base": str(base), "moves": ",".join(f"{number}:{percent}" for number, percent in moves.items())}
    attributes = {f"data-{key}": value for key, value in data.items()}
    return {"picture": _img(picture, alt, _mark(drawn, sample)), "name": name, "facts": facts, "data": attributes}


def _way(name: str, words: Words) -> str:
    """How a variation comes from another picture."""
    base, moves = unmoved(name)
    if moves:
        return words.changed_way.format(name=name, before=base)
    *_, before, _ = trail(name)
    return words.variation_way.format(name=name, percent=Variation.named(name).steps[-1].percent, before=before)


def _mark(drawn: Drawn, sample: Sample) -> bytes:
    return made_up(picture_row("", sample, drawn.config.class_names, drawn.model, drawn.revision))


def variations_html(variations: Variations, words: Words) -> str:
    """A heading, which takes the focus when they come, where the picture comes from, and a tile for each variation."""
    heading = words.variations_of.format(picture=alt_text(variations.trail[-1], variations, words))
    kind = f"ag-size-{variations.config.image_size}"
    return part(
        "variations", heading, kind, _tiles(variations, variations.pictures, variations.samples, words),
        words.trail, _tiles(variations, variations.trail_pictures, variations.trail, words),
    )  # fmt: skip


def kept_html(kept: Sequence[KeptPicture], words: Words) -> str:
    """Pictures of any models, or a sentence if there are none."""
    if not kept:
        return part("nothing", words.none_kept)
    tiles = [tile for one in kept for tile in _tiles(one, one.picture[None], [one.sample], words)]
    kind = f"ag-size-{max(one.config.image_size for one in kept)}"
    return part("sheet", kind, words.kept_of.format(count=len(kept)), tiles)


def keep_all_html(words: Words) -> str:
    """A button that keeps the pictures that a link has brought; the page's script shows it where there are any."""
    return part("keep_all", words)


def viewer_html(words: Words, reviewable: bool = False) -> str:
    """The viewer of one picture, empty and closed; the page's script fills it from a tile.

    Where there are reviews, the picture can be sent to one.
    """
    return part("viewer", words, reviewable)


def end_html(morph: Morph, index: int, words: Words) -> str:
    """A picture of a morph: 0, the start, or a later one."""
    sample = morph.ends[index]
    picture = morph.frames[morph.end_frames[index]]
    return part("end", morph.config.image_size, _img(picture, alt_text(sample, morph, words), _mark(morph, sample)))


def morph_html(morph: Morph, animation: bytes, words: Words) -> str:
    """The animation, a slider through its frames, and the film strip."""
    ends = [alt_text(sample, morph, words) for sample in morph.ends]
    alt = words.morph_alt.format(start=ends[0], end=ends[-1])
    spoken = words.frame_of.format(frame="{frame}", frames=len(morph.frames))
    names = {number: _mark(morph, sample) for number, sample in zip(morph.end_frames, morph.ends)}
    strip = [_img(frame, "", names.get(number, MADE_UP)) for number, frame in enumerate(morph.frames)]
    uri = data_uri(animation, "image/webp")
    return part("player", words, morph.config.image_size, morph.milliseconds, uri, alt, spoken, strip)


def class_pictures_css(pictures: Mapping[int, np.ndarray]) -> str:
    """A style element that puts a picture (H, W, C) of each class number onto its chips; Sample's first is for any."""
    rules = "".join(
        f"#classes label:nth-of-type({number + 2})::before,.ag-several label:nth-of-type({number + 1})::before"
        f"{{content:'';background-image:url({png_uri(picture)})}}"
        for number, picture in pictures.items()
    )
    return f"<style>{rules}</style>"


def message_html(text: str, kind: str = "error") -> str:
    """A message to the visitor, empty if there is none; read out when it appears."""
    return part("message", text, kind)


def copy_button_html(words: Words, text: str | None = None) -> str:
    """A button that copies the page's address; `text` is what stands on it where that needs saying."""
    return part("copy_button", words, text or words.copy_link)


def share_button_html(words: Words) -> str:
    """A button that opens the ways to send on what the tab in front shows."""
    return part("share_button", words)


def guess_link_html(model: str, words: Words) -> str:
    """A link to the page on which people tell a model's pictures from real ones."""
    return part("guess_link", words, urlencode({"model": model, "lang": words.lang}))


def map_link_html(model: str, words: Words) -> str:
    """A link to the page on which one wanders on a map of a model's seeds."""
    return part("map_link", words, urlencode({"model": model, "lang": words.lang}))


def window_link_html(model: str, labels: Sequence[str], words: Words) -> str:
    """A link to the page on which a model's pictures, of these classes if any, turn into each other without an end."""
    return part(
        "window_link",
        words,
        urlencode([("model", model), *(("class", label) for label in labels), ("lang", words.lang)]),
    )


def share_html(words: Words) -> str:
    """The ways to send on a picture, a sheet or a morph, closed; the page's script fills them in."""
    return part("share", words)


def head_html(model: str, revision: str, config: ModelConfig, words: Words) -> str:
    """The head of the page: the model's name, what it is in one sentence, its revision."""
    text = about_text(config, words)
    return part("head", words, LANGUAGES, model, text, revision, words.version.format(revision=revision[:8]))


def about_text(config: ModelConfig, words: Words) -> str:
    """What a model draws, in one sentence."""
    sentence = words.about_pictures if config.knows_classes else words.about_pictures_without_classes
    return sentence.format(
        size=config.image_size, colour=words.grey if config.channels == 1 else words.colour, count=config.num_classes
    )


def _img(picture: np.ndarray, alt: str, mark: bytes = MADE_UP) -> dict[str, Any]:
    height, width = picture.shape[:2]
    return {"src": png_uri(picture, mark), "alt": alt, "width": width, "height": height}
