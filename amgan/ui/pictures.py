"""Pictures as HTML. Every text that comes from a model or a visitor is escaped here."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape

import numpy as np

from amgan.networks.config import ModelConfig
from amgan.sampling.archive import file_names, slug
from amgan.sampling.media import encode_png
from amgan.sampling.sampler import Sample
from amgan.sampling.variations import Variation
from amgan.ui.drawing import PARTS, Morph, Sheet, Variations
from amgan.ui.links import to_query
from amgan.ui.state import PageState, SampleState
from amgan.ui.words import Words


def data_uri(content: bytes, kind: str) -> str:
    """A file as a data URI of MIME type `kind`."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def png_uri(picture: np.ndarray) -> str:
    """A picture (H, W, C) as a data URI."""
    return data_uri(encode_png(picture), "image/png")


def percent(probability: float) -> str:
    """A probability in whole per cent that never rounds to a certainty."""
    if 0.99 <= probability < 1:
        return f"{int(probability * 1000) / 10:.1f}"
    return f"{probability * 100:.0f}"


def alt_text(sample: Sample, config: ModelConfig, words: Words) -> str:
    """What a picture shows, in words."""
    if not config.knows_classes:
        return words.picture_alt_without_class.format(seed=sample.seed)
    return words.picture_alt.format(label=config.class_names[sample.label], seed=sample.seed)


def confidence_text(sample: Sample | Variation, config: ModelConfig, words: Words) -> str:
    """D's confidence in words and per cent; empty if D never learnt the classes."""
    if not config.judges_classes:
        return ""
    text = next(text for least, text in words.sure_of if sample.class_probability >= least)
    return text.format(label=config.class_names[sample.label], percent=percent(sample.class_probability))


def sheet_html(sheet: Sheet, words: Words) -> str:
    """A sheet: a button for each picture, which opens it in the viewer."""
    files = file_names(sheet.samples, sheet.config.class_names)
    tiles = "".join(
        _tile(sheet, picture, sample, file, words)
        for picture, sample, file in zip(sheet.pictures, sheet.samples, files, strict=True)
    )
    kind = f"ag-sheet ag-count-{sheet.state.count} ag-size-{sheet.config.image_size}"
    label = words.sheet_of.format(count=len(sheet.samples))
    return f'<div class="{kind}" role="group" aria-label="{escape(label)}">{tiles}</div>'


def _tile(sheet: Sheet, picture: np.ndarray, sample: Sample, file: str, words: Words) -> str:
    config = sheet.config
    asked = None if sample.asked is None else config.class_names[sample.asked]
    single = SampleState(asked, 1, sample.seed, sample.truncation)
    name = config.class_names[sample.label] if config.knows_classes else words.picture_seed.format(seed=sample.seed)
    alt = alt_text(sample, config, words)
    facts = [words.picture_seed.format(seed=sample.seed)] if config.knows_classes else []
    if config.judges_classes:
        facts.append(words.percent.format(percent=percent(sample.class_probability)))
    data = {
        "alt": alt,
        "title": words.picture_title.format(label=name),
        "sure": confidence_text(sample, config, words),
        "real": words.real_of.format(percent=percent(sample.real_probability)),
        "draw": words.draw_of.format(seed=sample.seed, draw=sample.draw),
        "query": to_query(PageState(sheet.model, sheet.revision, "sample", single)),
        "file": file,
        "seed": str(sample.seed),
        "label": asked or "",
        "truncation": repr(sample.truncation),
    }
    return _tile_html(picture, name, facts, data)


def variations_html(variations: Variations, words: Words) -> str:
    """A heading, which takes the focus when they come, and a tile for each variation; none of them has a name."""
    asked, config = variations.asked, variations.config
    wanted = variations.state.label
    title = words.picture_alt_without_class if wanted is None else words.picture_alt
    heading = words.variations_of.format(picture=title.format(label=wanted, seed=asked.seed))
    tiles = "".join(
        _variation_tile(variations, number, picture, known, words)
        for number, (picture, known) in enumerate(zip(variations.pictures, variations.known, strict=True), 1)
    )
    return (
        f'<h2 class="ag-variations-title" tabindex="-1">{escape(heading)}</h2>'
        f'<div class="ag-sheet ag-size-{config.image_size}" role="group" aria-label="{escape(heading)}">{tiles}</div>'
    )


def _variation_tile(variations: Variations, number: int, picture: np.ndarray, known: Variation, words: Words) -> str:
    config, asked = variations.config, variations.asked
    short = words.variation_number.format(number=number)
    name = config.class_names[known.label] if config.knows_classes else short
    facts = [short] if config.knows_classes else []
    if config.judges_classes:
        facts.append(words.percent.format(percent=percent(known.class_probability)))
    part = percent(PARTS[asked.alikeness])
    data = {
        "alt": words.variation_alt.format(label=name, number=number, seed=asked.seed),
        "title": words.picture_title.format(label=name),
        "sure": confidence_text(known, config, words),
        "real": words.real_of.format(percent=percent(known.real_probability)),
        "draw": words.variation_way.format(number=number, seed=asked.seed, percent=part, towards=known.towards),
        "query": to_query(PageState(variations.model, variations.revision, "sample", variations.state)),
        "file": f"{slug(name)}-seed{asked.seed}-{asked.alikeness}-{number}.png",
    }
    return _tile_html(picture, name, facts, data)


def _tile_html(picture: np.ndarray, name: str, facts: list[str], data: dict[str, str]) -> str:
    attributes = " ".join(f'data-{key}="{escape(value)}"' for key, value in data.items())
    small = "".join(f"<small>{escape(fact)}</small>" for fact in facts)
    return (
        f'<button type="button" class="ag-tile" {attributes}>{_img(picture, data["alt"])}'
        f"<span><b>{escape(name)}</b>{small}</span></button>"
    )


def viewer_html(words: Words, reviewable: bool = False) -> str:
    """The viewer of one picture, empty and closed; the page's script fills it from a tile.

    Where there are reviews, the picture can be sent to one. What is `data-ag-named` is for pictures with a name only.
    """
    send = (
        f'<button type="button" data-ag="review" data-ag-named>{escape(words.send_to_review)}</button>'
        if reviewable
        else ""
    )
    return (
        '<dialog class="ag-viewer" aria-labelledby="ag-viewer-title"><div class="ag-viewer-box">'
        f'<button type="button" class="ag-close" data-ag="close" aria-label="{escape(words.close)}">×</button>'
        '<img class="ag-pixels ag-viewer-picture" alt="">'
        '<h2 id="ag-viewer-title" data-ag-text="title"></h2><p data-ag-text="sure"></p>'
        '<p data-ag-text="real"></p><p data-ag-text="draw"></p><div class="ag-actions">'
        f'<button type="button" data-ag="morph" data-ag-named data-end="start">{escape(words.morph_from)}</button>'
        f'<button type="button" data-ag="morph" data-ag-named data-end="end">{escape(words.morph_to)}</button>'
        f'<button type="button" data-ag="alike" data-ag-named>{escape(words.more_like_this)}</button>'
        f'<button type="button" data-ag="copy" data-done="{escape(words.copied)}">{escape(words.copy_link)}</button>'
        f'<a data-ag="download" download>{escape(words.download)}</a>{send}</div></div></dialog>'
    )


def end_html(morph: Morph, index: int, words: Words) -> str:
    """A picture of a morph: 0, the start, or a later one."""
    sample = morph.ends[index]
    alt = alt_text(sample, morph.config, words)
    picture = morph.frames[morph.end_frames[index]]
    return (
        f'<figure class="ag-end ag-size-{morph.config.image_size}">{_img(picture, alt)}'
        f"<figcaption>{escape(alt)}</figcaption></figure>"
    )


def morph_html(morph: Morph, animation: bytes, words: Words) -> str:
    """The animation, a slider through its frames, and the film strip."""
    count = len(morph.frames)
    ends = [alt_text(sample, morph.config, words) for sample in morph.ends]
    alt = escape(words.morph_alt.format(start=ends[0], end=ends[-1]))
    size = morph.config.image_size
    strip = "".join(_img(frame, "") for frame in morph.frames)
    # The script says which frame is shown; {frame} is for it to fill in.
    spoken = words.frame_of.format(frame="{frame}", frames=count)
    return (
        f'<div class="ag-player ag-size-{size}" data-count="{count}" data-ms="{morph.milliseconds}">'
        f'<div class="ag-stage"><img class="ag-pixels ag-animation" alt="{alt}" width="{size}" height="{size}" '
        f'src="{data_uri(animation, "image/webp")}"><img class="ag-pixels ag-still" alt="{alt}" hidden></div>'
        f'<div class="ag-controls"><button type="button" data-ag="play" data-play="{escape(words.play)}" '
        f'data-pause="{escape(words.pause)}">{escape(words.pause)}</button>'
        f'<input type="range" data-ag="scrub" min="0" max="{count - 1}" value="0" step="1" '
        f'aria-label="{escape(words.scrub)}" data-spoken="{escape(spoken)}">'
        f'<span class="ag-frame" data-spoken="{escape(spoken)}">{escape(spoken.format(frame=1))}</span></div>'
        f'<div class="ag-strip" role="img" aria-label="{escape(words.strip)}" tabindex="0">{strip}</div></div>'
    )


def class_pictures_css(pictures: Mapping[int, np.ndarray]) -> str:
    """A style element that puts a picture (H, W, C) of each class number onto its chip; the first chip is for any."""
    rules = "".join(
        f".ag-classes label:nth-of-type({number + 2})::before{{content:'';background-image:url({png_uri(picture)})}}"
        for number, picture in pictures.items()
    )
    return f"<style>{rules}</style>"


def message_html(text: str, kind: str = "error") -> str:
    """A message to the visitor, empty if there is none; read out when it appears."""
    inner = f'<p class="ag-message ag-{kind}">{escape(text)}</p>' if text else ""
    return f'<div role="status" aria-live="polite">{inner}</div>'


def copy_button_html(words: Words, text: str | None = None) -> str:
    """A button that copies the page's address; `text` is what stands on it where that needs saying."""
    return (
        f'<button type="button" class="ag-button" data-ag="copy" data-done="{escape(words.copied)}">'
        f"{escape(text or words.copy_link)}</button>"
    )


def head_html(model: str, revision: str, config: ModelConfig, words: Words) -> str:
    """The head of the page: the model's name, what it is in one sentence, its revision."""
    sentence = words.about_pictures if config.knows_classes else words.about_pictures_without_classes
    text = sentence.format(
        size=config.image_size, colour=words.grey if config.channels == 1 else words.colour, count=config.num_classes
    )
    version = words.version.format(revision=revision[:8])
    return (
        f'<header class="ag-head"><p class="ag-brand">{escape(words.brand)}</p><h1>{escape(model)}</h1>'
        f'<p>{escape(text)} <span class="ag-version" title="{escape(revision)}">{escape(version)}</span></p></header>'
    )


def _img(picture: np.ndarray, alt: str) -> str:
    height, width = picture.shape[:2]
    return f'<img class="ag-pixels" src="{png_uri(picture)}" alt="{escape(alt)}" width="{width}" height="{height}">'
