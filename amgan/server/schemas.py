"""What programs send and get, with the bounds that hold whatever the model; these make the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from amgan import bounds
from amgan.bounds import Confidence, Truncation
from amgan.bulk.formats import SERVED, ServedName, forms_in_words
from amgan.bulk.job import JobState
from amgan.languages.reading import DEFAULT
from amgan.networks.architectures import ARCHITECTURES
from amgan.networks.config import MAX_CLASS_NAME_LENGTH
from amgan.sampling.interpolation import Easing, Method
from amgan.sampling.picture_row import KnownPicture
from amgan.sampling.variation_name import VariationName
from amgan.server.settings import MOST_PICTURES

MAX_NAME = 200
MAX_KEYFRAMES = 100
MAX_SCALE = 8

ModelName = Annotated[StrictStr, Field(min_length=1, max_length=MAX_NAME)]
RevisionText = Annotated[StrictStr, Field(max_length=MAX_NAME)]
Seed = Annotated[bounds.Seed, Field(strict=True)] | VariationName
Frames = Annotated[bounds.Frames, Field(strict=True)]
JobPictures = Annotated[bounds.JobPictures, Field(strict=True)]
LabelText = Annotated[StrictStr, Field(max_length=MAX_CLASS_NAME_LENGTH)]
LabelNumber = Annotated[StrictInt, Field(ge=0, le=10**6)]
OneLabel = LabelText | LabelNumber

TRUNCATION = "Scale of the latents; below 1 pictures are more alike and more typical."
CONFIDENCE = "Dynamic models: D's least probability of an asked class; null for the model's own."
MODEL = "Name of a model from /v1/models; null for the first."
REVISION = "The model's revision or at least its first 8 digits; null for the one in /v1/models."


class Strict(BaseModel):
    """A request; fields that do not exist are refused."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class PicturesAsked(Strict):
    """Pictures by name: one for each seed, of the class asked."""

    model: ModelName | None = Field(None, description=MODEL)
    revision: RevisionText | None = Field(None, description=REVISION)
    labels: OneLabel | Annotated[list[OneLabel | None], Field(min_length=1, max_length=MOST_PICTURES)] | None = Field(
        None, description="A class by name or number for all pictures, or one for each; null for any class."
    )
    seeds: Seed | Annotated[list[Seed], Field(min_length=1, max_length=MOST_PICTURES)] | None = Field(
        None,
        description="A seed for each picture, or the first one, from which n are counted; null for 0. In place of any "
        "seed the name of a variation, such as 7~12-3, from which further variations are counted.",
    )
    n: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="How many pictures; null for as many as there are seeds or labels."
    )
    truncation: Truncation = Field(1.0, description=TRUNCATION)
    confidence: Confidence | None = Field(None, description=CONFIDENCE)


class ImagesRequest(PicturesAsked):
    """Pictures by name, as a file of one form."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"labels": "Sneaker", "n": 16},
                {"labels": ["Sneaker", 3, None], "seeds": [7, 8, 9], "truncation": 0.8, "format": "json"},
            ]
        }
    )

    format: Literal["png", "npz", "json"] = Field(
        "png", description="A sheet of all pictures, arrays, or a PNG file of each with what is known of it."
    )


class MorphAsked(Strict):
    """A morph from one picture to another, through others if asked."""

    model: ModelName | None = Field(None, description=MODEL)
    revision: RevisionText | None = Field(None, description=REVISION)
    start: Seed = Field(description="Seed of the first picture, or the name of a variation; so the others.")
    end: Seed = Field(description="Seed of the last picture.")
    through: Annotated[list[Seed], Field(max_length=MAX_KEYFRAMES - 2)] = Field(
        [], description="Seeds of pictures to pass on the way."
    )
    labels: OneLabel | Annotated[list[OneLabel | None], Field(min_length=1, max_length=MAX_KEYFRAMES)] | None = Field(
        None, description="A class for all of them, or one for each of start, those in through, end; null for any."
    )
    frames: Frames = Field(bounds.FRAMES, description="Frames, both ends counted.")
    truncation: Truncation = Field(1.0, description=TRUNCATION)
    confidence: Confidence | None = Field(None, description=CONFIDENCE)
    method: Method = Field("slerp", description="slerp keeps to the arc on which latents lie, lerp to the line.")
    loop: StrictBool = Field(False, description="Go on from the end back to the start.")
    easing: Easing = Field(
        "steady", description="steady goes at one pace from picture to picture, resting more slowly near each."
    )


class InterpolationRequest(MorphAsked):
    """A morph as a file of one form."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"start": 7, "end": 8, "labels": ["Sneaker", "Ankle boot"], "frames": 24}]}
    )

    format: Literal["webp", "gif", "mp4", "png", "npz"] = Field(
        "webp",
        description="An animation (mp4 only where the server has imageio-ffmpeg), a film strip (png), or an array of "
        "the frames.",
    )
    milliseconds: Annotated[StrictInt, Field(ge=1, le=bounds.MAX_MILLISECONDS)] = Field(
        bounds.MILLISECONDS, description="How long an animation shows each frame."
    )
    scale: Annotated[StrictInt, Field(ge=1, le=MAX_SCALE)] = Field(
        1,
        description="Whole factor by which pictures are enlarged, without smoothing; not for npz. An mp4 "
        "is at least 256 pixels wide.",
    )


class JobRequest(Strict):
    """Any number of pictures as one file: n of any class, or so many of each class in `labels`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"labels": {"Sneaker": 20000, "Bag": 20000}, "format": "zip"},
                {"n": 50000, "seed": 100, "format": "parquet"},
            ]
        }
    )

    model: ModelName | None = Field(None, description=MODEL)
    revision: RevisionText | None = Field(None, description=REVISION)
    n: JobPictures | None = Field(
        None, description="How many pictures of any class: those of seeds `seed`, `seed` + 1, ..."
    )
    labels: dict[LabelText, JobPictures] | None = Field(
        None,
        description="How many of each class, by name or number: those of seeds `seed`, `seed` + 1, ... for each class.",
    )
    seed: Seed = Field(0, description="The first seed, or the first variation, of each class's picture of its seed.")
    truncation: Truncation = Field(1.0, description=TRUNCATION)
    confidence: Confidence | None = Field(None, description=CONFIDENCE)
    format: ServedName = Field("zip", description=forms_in_words(SERVED))


class JobAnswer(BaseModel):
    """A job and how far it is."""

    id: str = Field(description="Names the job; who knows it may fetch and cancel it.")
    state: JobState
    model: str
    revision: str
    format: str
    total: int = Field(description="Pictures asked for.")
    done: int = Field(description="Pictures drawn.")
    packed: int = Field(description="Pictures that are in the result already.")
    images_per_second: float | None = Field(description="Speed of late, while it runs.")
    seconds_left: float | None = Field(description="At that speed.")
    bytes: int | None = Field(description="Size of the result.")
    problem: str | None = Field(description="Why it failed, or why it waits to be tried again.")
    created: float = Field(description="Seconds since 1970.")
    ended: float | None = Field(description="Seconds since 1970.")
    result: str | None = Field(description="Where the result is, once it is done.")


class ModelInfo(BaseModel):
    """A model that this server offers."""

    name: str
    revision: str | None = Field(description="Names its pictures; null until it is loaded.")
    classes: list[str] | None = Field(description="Names of the classes by number; null until it is known.")
    labeling: Literal["dynamic", "predefined"] | None
    architecture: str | None = Field(
        description="The kind of its nets. "
        + " ".join(f"{name}: {architecture.sentence(DEFAULT)}" for name, architecture in ARCHITECTURES.items())
    )
    image_size: int | None = Field(description="Side of the square pictures.")
    channels: int | None = Field(description="1 for grey, 3 for colour.")
    confidence: float | None = Field(description="Dynamic models: the least probability of an asked class by default.")
    problem: str | None = Field(description="Why it cannot be used, if that is known.")


class ModelsAnswer(BaseModel):
    """The models of this server, the first one being the default."""

    models: list[ModelInfo]


class NamedImage(KnownPicture):
    """A picture and what is known of it."""

    png: str = Field(description="The picture as a PNG file in base64.")


class ImagesAnswer(BaseModel):
    """Pictures with their names."""

    model: str
    revision: str
    images: list[NamedImage]


class HealthAnswer(BaseModel):
    """Whether a model answers."""

    status: Literal["ok", "starting"]


class Problem(BaseModel):
    """What went wrong, in one sentence."""

    detail: str


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    loc: list[str | int] = Field(description="Where it is.")
    msg: str = Field(description="What is allowed.")
    type: str


class FieldProblems(BaseModel):
    """Which fields of a request are wrong."""

    detail: list[FieldProblem]
