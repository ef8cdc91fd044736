"""Every word of the page. A second language is a second instance of `Words`."""

from __future__ import annotations

from collections.abc import Mapping
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
    more_like_this: str
    variations_of: str
    variation_without_class: str
    trail: str
    variation_number: str
    variation_alt: str
    variation_way: str
    alikeness: str
    alikenesses: tuple[tuple[str, str], ...]
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
    speeds: tuple[tuple[str, str], ...]
    easing: str
    easing_info: str
    easings: tuple[tuple[str, str], ...]
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
    # Tab Batch
    batch_intro: str
    batch_classes: str
    batch_classes_info: str
    batch_count: str
    batch_count_info: str
    batch_seed_info: str
    batch_format: str
    confidence: str
    confidence_info: str
    # A form's own title where it is not named here
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
    review_classes_info: str
    review_count_info: str
    review_count_info_job: str
    review_scale: str
    review_scales: tuple[tuple[str, str], ...]
    review_target: str
    review_target_info: str
    review_against: str
    review_against_info: str
    review_alone: str
    review_against_revision: str
    review_against_revision_info: str
    review_of_job: str
    review_leave_job: str
    review_make: str
    review_copy_form: str
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
    python_use: str
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
    skip="Skip to the main button",
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
    tab_review="Review",
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
    sheet_of="{count} pictures, the first of them: {first}",
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
    more_like_this="More like this",
    variations_of="Much like: {picture}",
    variation_without_class="Picture",
    trail="Where it comes from",
    variation_number="no. {number}",
    variation_alt="{label}, variation {number} of seed {seed}",
    variation_way="It is {percent}\u00a0% of the way from {before} to another picture. Its name: {name}",
    alikeness="How alike",
    alikenesses=(("Very", "close"), ("Quite", "near"), ("Loosely", "far")),
    close_variations="Close variations",
    download="Download PNG",
    start="From",
    through="Then",
    end="To",
    swap="Reverse",
    shuffle="Another picture by chance",
    take_away="Take away",
    add_picture="Add a picture",
    morph="New morph",
    end_class="Class",
    frames="Frames",
    frames_info="More frames make a slower, smoother morph.",
    method="Path",
    method_info="The arc keeps to what the model has practised; the line takes a short cut through the middle.",
    slerp="Arc (slerp)",
    lerp="Line (lerp)",
    loop="There and back",
    loop_info="Go on from the end back to the start, so that the animation has no jump.",
    speed="Speed",
    speeds=(("Slow", "slow"), ("Normal", "normal"), ("Fast", "fast")),
    easing="Pace",
    easing_info="The same way at one pace, or more slowly near each of its pictures.",
    easings=(("Steady", "steady"), ("Rests at each picture", "resting")),
    morph_alt="Morph from {start} to {end}",
    play="Play",
    pause="Pause",
    scrub="Frame",
    frame_of="Frame {frame} of {frames}",
    strip="Frames in a row",
    download_webp="Animation (WebP)",
    download_gif="Animation (GIF)",
    download_mp4="Video (MP4)",
    download_strip="Film strip (PNG)",
    batch_intro="Any number of pictures as one file. The work goes on when you close this page; come back to it here.",
    batch_classes="Classes",
    batch_classes_info="None chosen: pictures of any class.",
    batch_count="How many",
    batch_count_info="Of each class that is chosen.",
    batch_seed_info="The first picture's; the others count on from it, for each class anew.",
    batch_format="File",
    formats={},
    confidence="How sure of the class",
    confidence_info="From 0 to below 1: a picture counts as of a class once the model is so sure of it. Empty: "
    "{value}, as the model has it.",
    batch_start="Start",
    batch_estimate="{count} pictures, up to {size}, about {time} if nothing else is to be drawn.",
    batch_estimate_without_time="{count} pictures, up to {size}.",
    jobs="Your jobs",
    no_jobs="None yet. What you start is listed here, also after a reload.",
    job_of="{count} × {label}",
    job_of_any="{count} pictures of any class",
    job_waiting="Waits for its turn",
    job_paused="Waits: {problem}.",
    job_drawing="{done} of {total} drawn",
    job_packing="Being packed: {done} of {total}",
    job_left="{rate} a second, {time} left",
    job_done="Done, {size}",
    job_failed="Stopped: {problem}.",
    job_fetch="Download",
    job_cancel="Cancel",
    job_remove="Remove",
    job_bar="Progress of {job}",
    send_to_review="Send to review",
    review_intro="Send people a link and ask them which pictures are good. They need no account, and two minutes.",
    review_title="Title",
    review_title_info="People see it. Empty: the names of the classes.",
    review_of_any="Pictures of any class",
    review_question="Question",
    review_classes_info="None chosen: pictures of any class.",
    review_count_info="Of each class that is chosen.",
    review_count_info_job="In all.",
    review_scale="Answers",
    review_scales=(("Keep or reject", "keep"), ("1 to 5", "stars")),
    review_target="Goal in per cent",
    review_target_info="At least so many kept (or given 4 and more) in every class; of a comparison, so many choices "
    "for the other model. Empty: no goal.",
    review_against="Compare blind with",
    review_against_info="People see pairs from the same seed and are not told which model drew which.",
    review_alone="Nothing: one picture at a time",
    review_against_revision="Version to compare with",
    review_against_revision_info="Of what it is compared with: the revision or its first 8 digits. Empty: the one that "
    "is shown here.",
    review_of_job="From your job: {job}. A larger job is shown in part, evenly.",
    review_leave_job="Choose classes instead",
    review_make="Make the review",
    review_copy_form="Copy link to this form",
    review_estimate="{count} pictures, about {time} for each reviewer.",
    review_estimate_pairs="{count} pairs, about {time} for each reviewer.",
    reviews="Your reviews",
    no_reviews="None yet. What you make is listed here, also after a reload.",
    review_pictures="{count} pictures",
    review_pairs="{count} pairs",
    review_no_votes="No votes yet",
    review_votes="Reviewers so far: {reviewers}, votes: {votes}",
    review_closed="Closed",
    review_now="Review now",
    review_results="Results",
    review_close="Close the review",
    review_close_sure="Really close? Votes end",
    review_reopen="Reopen",
    review_forget="Take off this list",
    review_forget_sure="Really? The link to the results is lost",
    no_card="This model has no card.",
    python_use="In Python",
    facts="This model",
    fact_model="Name",
    fact_revision="Revision",
    fact_classes="Classes",
    fact_size="Pictures",
    fact_labeling="Labeling",
    fact_made="How it was made",
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
    class_meant=" Did you mean {names}?",
    bad_confidence="How sure the model must be is a number from 0 to below 1, not “{value}”.",
    bad_target="The goal must be a number from 0 to 100, not “{value}”.",
    bad_scale="The answers must be {allowed}, not “{value}”.",
    bad_title="The title may have {most} characters.",
    bad_question="The question may have {most} characters.",
    bad_method="The path must be {allowed}, not “{value}”.",
    bad_easing="The pace must be {allowed}, not “{value}”.",
    bad_speed="The speed must be {allowed}, not “{value}”.",
    bad_alikeness="How alike must be {allowed}, not “{value}”.",
    bad_origin="There are no variations of “{value}”: it is no picture, or too many steps from its seed already.",
    class_not_found="The model drew nothing it would call {label} from this seed. Take another seed, or truncation 1.",
    review_class_not_found="The model drew nothing it would so surely call {label} from one of the seeds. Take others, "
    "truncation 1, or let it be less sure.",
    model_gone="The model “{value}” is not here any more. You see {instead} instead.",
    model_broken="The model {name} cannot be used: {problem}.",
    revision_gone="This link was made with version {value} of {model}, which is not to be had; you see version "
    "{instead}, so the pictures may differ.",
    class_gone="The model {model} has no class “{value}”. You see any class instead.",
    bad_link_value="The link says {name} “{value}”, which is not possible. You see {instead} instead.",
    unexpected="Something went wrong on our side. The pictures you see are still good; please try again.",
    server_away="The server does not answer. The pictures you see are still good; try again in a moment.",
    link_names=(
        ("tab", "tab"),
        ("n", "number of pictures"),
        ("seed", "seed"),
        ("like", "picture to vary"),
        ("like_class", "class of the picture to vary"),
        ("each", "pictures of each class"),
        ("alike", "how alike"),
        ("truncation", "truncation"),
        ("from", "first seed"),
        ("to", "last seed"),
        ("via1", "second seed"),
        ("via2", "third seed"),
        ("via3", "fourth seed"),
        ("via4", "fifth seed"),
        ("frames", "number of frames"),
        ("method", "path"),
        ("loop", "loop"),
        ("easing", "pace"),
        ("speed", "speed"),
        ("class", "class"),
        ("classes", "classes"),
        ("format", "file"),
        ("confidence", "how sure of the class"),
        ("title", "title"),
        ("question", "question"),
        ("scale", "answers"),
        ("target", "goal"),
        ("against", "model to compare with"),
        ("against_rev", "version to compare with"),
        ("from_class", "first class"),
        ("to_class", "last class"),
        ("via1_class", "second class"),
        ("via2_class", "third class"),
        ("via3_class", "fourth class"),
        ("via4_class", "fifth class"),
        ("rev", "version"),
        ("model", "model"),
    ),
)
