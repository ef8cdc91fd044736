"""Which words the page has. They stand in `amgan/languages`, a file a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from amgan.languages.reading import DEFAULT, words_of


@dataclass(frozen=True)
class Words:
    """The page's texts; names in braces are filled in with `str.format`. A choice's text is found by its value."""

    # Its code
    lang: str
    title: str
    brand: str
    # Head of the page
    about_pictures: str
    about_pictures_without_classes: str
    grey: str
    colour: str
    version: str
    model: str
    unavailable: str
    no_model: str
    broken_models: str
    skip: str
    # Models of the Hub
    fetching: str
    newer: str
    take_newer: str
    look_for_newer: str
    is_newest: str
    hub_away: str
    newer_broken: str
    # Tabs
    tab_sample: str
    tab_interpolate: str
    tab_batch: str
    tab_review: str
    tab_about: str
    # Tab Sample
    new_pictures: str
    classes: str
    any_class: str
    how_many: str
    seed: str
    seed_info: str
    dice: str
    advanced: str
    truncation: str
    truncation_info: str
    download_all: str
    copy_link: str
    copied: str
    copy: str
    share: str
    share_send: str
    share_link: str
    share_embed: str
    share_embed_info: str
    sheet_of: str
    # Real or made up
    guess: str
    fact_fooled: str
    fooled_of: str
    # Two models side by side
    beside: str
    beside_info: str
    beside_none: str
    beside_gone: str
    beside_lacks: str
    # A picture
    picture_alt: str
    picture_alt_without_class: str
    picture_seed: str
    percent: str
    # By the least probability for which it is said, the greatest first
    sure_of: Mapping[float, str]
    real_of: str
    seed_of: str
    draw_of: str
    picture_title: str
    close: str
    morph_from: str
    morph_to: str
    more_like_this: str
    variations_of: str
    variation_without_class: str
    trail: str
    variation_number: str
    variation_alt: str
    variation_way: str
    # Sliders of a picture; what is called by its value is what it gets more of
    change_it: str
    slide_to: str
    slide_back: str
    slider_class: str
    slider_words: Mapping[str, str]
    slider_spoken: str
    picture_changed: str
    changed_way: str
    alikeness: str
    alikenesses: Mapping[str, str]
    close_variations: str
    download: str
    # Tab Interpolate
    start: str
    through: str
    end: str
    swap: str
    shuffle: str
    take_away: str
    add_picture: str
    morph: str
    end_class: str
    frames: str
    frames_info: str
    method: str
    method_info: str
    slerp: str
    lerp: str
    loop: str
    loop_info: str
    speed: str
    speeds: Mapping[str, str]
    easing: str
    easing_info: str
    easings: Mapping[str, str]
    morph_alt: str
    play: str
    pause: str
    scrub: str
    frame_of: str
    strip: str
    download_webp: str
    download_gif: str
    download_mp4: str
    download_strip: str
    window: str
    map: str
    # Tab Kept
    tab_kept: str
    keep: str
    keep_all: str
    none_kept: str
    kept_of: str
    kept_full: str
    kept_morph: str
    kept_no_morph: str
    bad_kept: str
    show_own: str
    # A file that is dropped on the page
    dropped_foreign: str
    dropped_sure: str
    # Tab Batch
    batch_intro: str
    several_classes: str
    several_classes_info: str
    search_classes: str
    batch_count: str
    batch_count_info: str
    batch_seed_info: str
    batch_format: str
    confidence: str
    confidence_info: str
    formats: Mapping[str, str]
    batch_start: str
    batch_estimate: str
    batch_estimate_without_time: str
    jobs: str
    no_jobs: str
    job_of: str
    job_of_any: str
    job_waiting: str
    job_paused: str
    job_drawing: str
    job_packing: str
    job_left: str
    job_done: str
    job_failed: str
    job_fetch: str
    job_cancel: str
    job_remove: str
    job_bar: str
    # Tab Review
    send_to_review: str
    review_intro: str
    review_title: str
    review_title_info: str
    review_of_any: str
    review_question: str
    review_count_info: str
    review_count_info_job: str
    review_scale: str
    review_scales: Mapping[str, str]
    review_target: str
    review_target_info: str
    review_against: str
    review_against_info: str
    review_alone: str
    review_against_revision: str
    review_against_revision_info: str
    review_of_job: str
    review_of_kept: str
    review_leave_job: str
    review_make: str
    copy_form: str
    review_estimate: str
    review_estimate_pairs: str
    reviews: str
    no_reviews: str
    review_pictures: str
    review_pairs: str
    review_no_votes: str
    review_votes: str
    review_closed: str
    review_now: str
    review_results: str
    review_close: str
    review_close_sure: str
    review_reopen: str
    review_forget: str
    review_forget_sure: str
    # Tab About
    no_card: str
    film: str
    film_info: str
    film_step: str
    film_scrub: str
    python_use: str
    http_use: str
    facts: str
    fact_model: str
    fact_revision: str
    fact_classes: str
    fact_size: str
    fact_labeling: str
    fact_made: str
    fact_licence: str
    dynamic: str
    predefined: str
    licence: str
    # What went wrong
    bad_seed: str
    bad_seed_range: str
    bad_count: str
    bad_frames: str
    bad_pictures: str
    bad_format: str
    bad_truncation: str
    bad_class: str
    class_meant: str
    bad_confidence: str
    bad_target: str
    bad_scale: str
    bad_title: str
    bad_question: str
    bad_method: str
    bad_easing: str
    bad_speed: str
    bad_alikeness: str
    bad_origin: str
    class_not_found: str
    review_class_not_found: str
    model_gone: str
    model_broken: str
    revision_gone: str
    class_gone: str
    bad_link_value: str
    unexpected: str
    server_away: str
    link_names: Mapping[str, str]
    # Put together
    comma: str
    quoted: str
    seconds: str
    minutes: str
    hours: str
    bytes: str
    end_seed: str
    # A link, where it is pasted
    link_pictures: str
    link_one: str
    link_many: str
    link_any_class: str
    link_morph: str
    link_end: str
    link_description: str
    # An address that there is not
    nothing_here: str
    nothing_here_more: str
    create: str
    to_pictures: str
    # Until the page has come
    needs_script: str


def words_in(lang: str) -> Words:
    """The page's words in one of `amgan.languages.reading.LANGUAGES`."""
    return words_of(Words, lang, "page")


def choices(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """The texts of a choice as Gradio takes them, each with its value."""
    return [(text, value) for value, text in texts.items()]


ENGLISH = words_in(DEFAULT)
