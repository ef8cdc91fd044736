"""Every word of the page. A second language is a second instance of `Words`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The page's texts; names in braces are filled in with `str.format`."""

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
    sheet_of: str
    # A picture
    picture_alt: str
    picture_alt_without_class: str
    picture_seed: str
    percent: str
    sure_of: tuple[tuple[float, str], ...]
    real_of: str
    draw_of: str
    picture_title: str
    close: str
    morph_from: str
    morph_to: str
    download: str
    # Tab Interpolate
    start: str
    end: str
    swap: str
    shuffle: str
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
    morph_alt: str
    play: str
    pause: str
    scrub: str
    frame_of: str
    strip: str
    download_webp: str
    download_gif: str
    download_strip: str
    # Tab Batch
    batch_intro: str
    batch_classes: str
    batch_classes_info: str
    batch_count: str
    batch_count_info: str
    batch_seed_info: str
    batch_format: str
    formats: tuple[tuple[str, str], ...]
    batch_start: str
    batch_estimate: str
    batch_estimate_without_time: str
    jobs: str
    no_jobs: str
    job_of: str
    job_of_any: str
    job_waiting: str
    job_drawing: str
    job_packing: str
    job_left: str
    job_done: str
    job_failed: str
    job_fetch: str
    job_cancel: str
    job_remove: str
    job_bar: str
    # Tab About
    no_card: str
    python_use: str
    facts: str
    fact_model: str
    fact_revision: str
    fact_classes: str
    fact_size: str
    fact_labeling: str
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
    bad_method: str
    class_not_found: str
    model_gone: str
    model_broken: str
    revision_gone: str
    class_gone: str
    bad_link_value: str
    unexpected: str
    link_names: tuple[tuple[str, str], ...]


ENGLISH = Words(
    title="AM-GAN",
    brand="AM-GAN",
    about_pictures="Draws {size} × {size} pictures in {colour}, of {count} classes. Every picture is made up by the "
    "model; none is a photograph.",
    about_pictures_without_classes="Draws {size} × {size} pictures in {colour}. Every picture is made up by the model; "
    "none is a photograph.",
    grey="grey",
    colour="colour",
    version="version {revision}",
    model="Model",
    unavailable="{name} (unavailable)",
    no_model="There is no model to show: put a release folder into {folder} and start the app again.",
    broken_models="No model can be shown, because of this:",
    fetching="{name} is being fetched from the Hugging Face Hub. This can take a minute.",
    newer="There is a newer version of {name}.",
    take_newer="Show version {revision}",
    look_for_newer="Look for a newer version",
    is_newest="This is the newest version of {name}.",
    hub_away="The Hugging Face Hub could not be asked for a newer version of {name}, so you see the one that is here: "
    "{problem}.",
    newer_broken="The newer version of {name} cannot be shown, so all stays as it is: {problem}.",
    tab_sample="Sample",
    tab_interpolate="Interpolate",
    tab_batch="Batch",
    tab_about="About",
    new_pictures="New pictures",
    classes="Class",
    any_class="Any",
    how_many="How many",
    seed="Seed",
    seed_info="Each number is a picture of its own, the same on every visit. A sheet counts on from here.",
    dice="Another seed by chance",
    advanced="Advanced",
    truncation="Truncation",
    truncation_info="Below 1: more typical and more alike. Above 1: more varied and more often wrong.",
    download_all="Download all",
    copy_link="Copy link",
    copied="Copied",
    sheet_of="{count} pictures",
    picture_alt="{label}, seed {seed}",
    picture_alt_without_class="Picture, seed {seed}",
    picture_seed="seed {seed}",
    percent="{percent}\u00a0%",
    sure_of=(
        (0.99, "The model has no doubt that this is class {label} ({percent}\u00a0%)."),
        (0.9, "The model is sure that this is class {label} ({percent}\u00a0%)."),
        (0.7, "The model is fairly sure that this is class {label} ({percent}\u00a0%)."),
        (0.4, "The model wavers whether this is class {label} ({percent}\u00a0%)."),
        (0.0, "The model itself would hardly call this {label} ({percent}\u00a0%)."),
    ),
    real_of="Its chance to pass for a real picture, in the model's own eyes: {percent}\u00a0%.",
    draw_of="Seed {seed}, draw {draw}.",
    picture_title="{label}",
    close="Close",
    morph_from="Morph from here",
    morph_to="Morph to here",
    download="Download PNG",
    start="From",
    end="To",
    swap="Swap",
    shuffle="Another picture by chance",
    morph="New pair",
    end_class="Class",
    frames="Frames",
    frames_info="More frames make a slower, smoother morph.",
    method="Path",
    method_info="The arc keeps to what the model has practised; the line takes a short cut through the middle.",
    slerp="Arc (slerp)",
    lerp="Line (lerp)",
    loop="There and back",
    loop_info="Go on from the end back to the start, so that the animation has no jump.",
    morph_alt="Morph from {start} to {end}",
    play="Play",
    pause="Pause",
    scrub="Frame",
    frame_of="Frame {frame} of {frames}",
    strip="All frames in a row",
    download_webp="Animation (WebP)",
    download_gif="Animation (GIF)",
    download_strip="Film strip (PNG)",
    batch_intro="Any number of pictures as one file. The work goes on when you close this page; come back to it here.",
    batch_classes="Classes",
    batch_classes_info="None chosen: pictures of any class.",
    batch_count="How many",
    batch_count_info="Of each class that is chosen.",
    batch_seed_info="The first picture's; the others count on from it, for each class anew.",
    batch_format="File",
    formats=(
        ("zip", "Pictures in folders (zip)"),
        ("parquet", "Table for datasets (parquet)"),
        ("npz", "Arrays for NumPy (npz)"),
    ),
    batch_start="Start",
    batch_estimate="{count} pictures, up to {size}, about {time} if nothing else is to be drawn.",
    batch_estimate_without_time="{count} pictures, up to {size}.",
    jobs="Your jobs",
    no_jobs="None yet. What you start is listed here, also after a reload.",
    job_of="{count} × {label}",
    job_of_any="{count} pictures of any class",
    job_waiting="Waits for its turn",
    job_drawing="{done} of {total} drawn",
    job_packing="Being packed: {done} of {total}",
    job_left="{rate} a second, {time} left",
    job_done="Done, {size}",
    job_failed="Stopped: {problem}.",
    job_fetch="Download",
    job_cancel="Cancel",
    job_remove="Remove",
    job_bar="Progress of {job}",
    no_card="This model has no card.",
    python_use="In Python",
    facts="This model",
    fact_model="Name",
    fact_revision="Revision",
    fact_classes="Classes",
    fact_size="Pictures",
    fact_labeling="Labelling",
    fact_licence="Licence",
    dynamic="dynamic: the model draws freely and names the class itself",
    predefined="predefined: the class is told to the model before it draws",
    licence="Code and weights: Apache 2.0",
    bad_seed="The seed must be a whole number from 0 to {most}, not “{value}”.",
    bad_seed_range="{count} pictures from seed {seed} would go beyond {most}, the last seed there is.",
    bad_count="The number of pictures must be {allowed}, not “{value}”.",
    bad_frames="The number of frames must be a whole number from {least} to {most}, not “{value}”.",
    bad_pictures="The number of pictures must be a whole number from 1 to {most}, not “{value}”.",
    bad_format="The file must be {allowed}, not “{value}”.",
    bad_truncation="The truncation must be a number above 0 and at most {most}, not “{value}”.",
    bad_class="The model {model} has no class “{value}”.",
    bad_method="The path must be {allowed}, not “{value}”.",
    class_not_found="The model drew nothing it would call {label} from this seed. Take another seed, or truncation 1.",
    model_gone="The model “{value}” is not here any more. You see {instead} instead.",
    model_broken="The model {name} cannot be used: {problem}.",
    revision_gone="This link was made with version {value} of {model}, which is not to be had; you see version "
    "{instead}, so the pictures may differ.",
    class_gone="The model {model} has no class “{value}”. You see any class instead.",
    bad_link_value="The link says {name} “{value}”, which is not possible. You see {instead} instead.",
    unexpected="Something went wrong on our side. The pictures you see are still good; please try again.",
    link_names=(
        ("tab", "tab"),
        ("n", "number of pictures"),
        ("seed", "seed"),
        ("truncation", "truncation"),
        ("from", "first seed"),
        ("to", "last seed"),
        ("frames", "number of frames"),
        ("method", "path"),
        ("loop", "loop"),
        ("class", "class"),
        ("classes", "classes"),
        ("format", "file"),
        ("from_class", "first class"),
        ("to_class", "last class"),
        ("rev", "version"),
        ("model", "model"),
    ),
)
