"""AMGAN: the two nets of one model with all that its pictures depend on, loaded from and saved to a release folder."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

import numpy as np
import torch
from huggingface_hub import ModelCard, PyTorchModelHubMixin
from torch import nn
from typing_extensions import TypeIs

from amgan.bounds import FRAMES
from amgan.errors import PublishError, ReleaseError, RequestError
from amgan.hub.card import model_card
from amgan.hub.fetching import fetch_release
from amgan.hub.publishing import PushedRelease, push_release
from amgan.networks.config import ModelConfig
from amgan.release.checked_files import write_json
from amgan.release.class_translations import ClassTranslations
from amgan.release.directions import Directions, write_directions
from amgan.release.folder import (
    DIRECTIONS_FILE,
    MAP_FILE,
    METRICS_FILE,
    REAL_FILE,
    SAMPLES_FILE,
    read_release,
    write_release,
)
from amgan.release.real_pictures import RealPictures, write_real
from amgan.release.seed_index import SeedIndex
from amgan.release.seed_map import SeedMap, write_map
from amgan.sampling.class_names import ClassNames, Label
from amgan.sampling.interpolation import Easing, Method, interpolation_recipe
from amgan.sampling.media import encode_png
from amgan.sampling.recipes import follow
from amgan.sampling.release_sheet import release_sheet
from amgan.sampling.rendering import Precision, Renderer
from amgan.sampling.sampler import Sampler
from amgan.sampling.variation_name import PictureSeed
from amgan.whole_files import write_whole

T = TypeVar("T")

Value = TypeVar("Value")


class AMGAN(nn.Module, PyTorchModelHubMixin, library_name="amgan", license="apache-2.0", tags=["gan"]):
    """A class-labelled image GAN: generator, discriminator and config.

    Attributes:
        generator: G with the averaged weights.
        discriminator: D, which names the class of a picture.
        config: Everything needed to rebuild the model.
        seed_index: For dynamic models the draws of the first seeds and each class, if there is an index.
        directions: Ways to change one thing of a picture, if the release has some.
        metrics: What was measured of it, as in metrics.json.
        real_pictures: A few real pictures, if the release has some.
        seed_map: A map of seeds to wander in, if the release has one.
        revision: What names its pictures: the commit on the Hub, a digest of the files of a folder, or "unsaved".
    """

    def __init__(self, config: ModelConfig) -> None:
        """Build a model with new weights, in eval mode."""
        super().__init__()
        self.config = config
        self.generator = config.nets.generator(config)
        self.discriminator = config.nets.discriminator(config)
        self.seed_index: SeedIndex | None = None
        self.directions: Directions | None = None
        self.metrics: dict[str, Any] = {}
        self.real_pictures: RealPictures | None = None
        self.seed_map: SeedMap | None = None
        self.class_translations: ClassTranslations = {}
        self.revision = "unsaved"
        self.precision: Precision = "auto"
        self._samplers = Latest[Sampler]()
        self._classes = Latest[ClassNames]()
        self.eval()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, in the order of their numbers."""
        return self.config.class_names

    def class_names_in(self, language: str) -> tuple[str, ...]:
        """What its classes are called to a reader of a language, in the order of their numbers; only for showing.

        Those that nobody has translated have their own names.
        """
        shown = self.class_translations.get(language, {})
        return tuple(shown.get(name, name) for name in self.class_names) if shown else self.class_names

    def class_texts_in(self, language: str) -> dict[str, str]:
        """`class_names_in` by the classes' own names."""
        return dict(zip(self.class_names, self.class_names_in(language), strict=True))

    @property
    def classes(self) -> ClassNames:
        """Finds its classes by what people call them: by their own names, and by those in any language of its card."""
        key = (self.class_names, id(self.class_translations))
        return self._classes.get(key, lambda: ClassNames(self.class_names, self.class_translations.values()))

    @property
    def sampler(self) -> Sampler:
        """Draws this model's pictures; made anew when what it is made from, or its precision, has changed."""
        if self._samplers.stays:
            return self._samplers.get((), self._new_sampler)
        tensors = self.state_dict(keep_vars=True).values()
        versions = ((tensor.data_ptr(), 0 if tensor.is_inference() else tensor._version) for tensor in tensors)
        parts = (self.seed_index, self.directions, self.classes)
        key = (self.precision, *map(id, parts), *versions)
        return self._samplers.get(key, self._new_sampler)

    def hold_sampler(self) -> None:
        """Make the sampler once for good, as no tensor changes any more: to weigh them all takes 0.3 ms each time."""
        self._samplers.stays = True

    def _new_sampler(self) -> Sampler:
        renderer = Renderer(self.generator, self.discriminator, self.config, self.precision)
        return Sampler(self.config, renderer, self.seed_index, self.directions, self.classes)

    def sample(
        self,
        labels: Sequence[Label | None] | Label | None = None,
        seeds: Sequence[PictureSeed] | PictureSeed | None = None,
        truncation: float = 1.0,
        confidence: float | None = None,
    ) -> np.ndarray:
        """Pictures by name: one for each seed, of the class asked.

        Args:
            labels: A class by name or number for each picture, or one for all; None for any class.
            seeds: A seed for each picture, 0 to 2**32 - 1, or the name of a variation, such as "7~12-3"; one seed is
                one picture; None takes 0, 1, ... for as many pictures as there are labels.
            truncation: Scale of the latents, above 0, at most 2; below 1 pictures get more alike and more typical.
            confidence: Dynamic models: D's least probability of the class asked; None takes the model's own.

        Returns:
            uint8 (N, H, W, C). A picture does not depend on the others.

        Raises:
            RequestError: an unknown class, a seed out of range, labels and seeds that do not pair up.
            ClassSearchError: a dynamic model did not find the class among a seed's first draws.
        """
        if not _is_one(labels):
            labels = _listed(labels, "labels")
        if seeds is None:
            seeds = range(1 if _is_one(labels) else len(labels))
        else:
            seeds = [seeds] if isinstance(seeds, str) or _is_number(seeds) else _listed(seeds, "seeds")
        pairs = [labels] * len(seeds) if _is_one(labels) else labels
        numbers = [self.sampler.label_number(label) for label in pairs]
        return self.sampler.sample(seeds, numbers, truncation, confidence)[0]

    def interpolate(
        self,
        start: PictureSeed,
        end: PictureSeed,
        frames: int = FRAMES,
        labels: Sequence[Label | None] | Label | None = None,
        through: Sequence[PictureSeed] = (),
        truncation: float = 1.0,
        confidence: float | None = None,
        method: Method = "slerp",
        loop: bool = False,
        easing: Easing = "steady",
    ) -> np.ndarray:
        """Frames of a walk from one picture to another.

        Args:
            start: Seed of the first picture, or the name of a variation; so the others.
            end: Seed of the last picture.
            frames: Number of frames, both ends counted.
            labels: A class for each keyframe (start, those in `through`, end), or one for all; None for any.
            through: Seeds of pictures to pass on the way.
            truncation: Scale of the latents, above 0, at most 2.
            confidence: Dynamic models: D's least probability of the class asked at the keyframes.
            method: "slerp", the arc, or "lerp", the line.
            loop: Go on from the end back to the start.
            easing: "steady", one pace from keyframe to keyframe, or "resting", slower near each.

        Returns:
            uint8 (frames, H, W, C); the keyframes are the same pictures as `sample` gives.

        Raises:
            RequestError: what `sample` refuses, or too few or too many frames.
            ClassSearchError: as `sample`.
        """
        seeds = [start, *_listed(through, "through"), end]
        pairs = [labels] * len(seeds) if _is_one(labels) else _listed(labels, "labels")
        if len(pairs) != len(seeds):
            raise RequestError(f"{len(pairs)} labels for {len(seeds)} keyframes; give one for all or one for each")
        numbers = [self.sampler.label_number(label) for label in pairs]
        sampler = self.sampler
        recipe = interpolation_recipe(sampler, seeds, numbers, frames, truncation, confidence, method, loop, easing)
        return follow(recipe, sampler.renderer)[0]

    @classmethod
    def from_pretrained(  # type: ignore[override]
        cls,
        pretrained_model_name_or_path: str | Path,
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | Path | None = None,
        local_files_only: bool = False,
        device: torch.device | str | None = None,
        precision: Precision = "auto",
    ) -> AMGAN:
        """Load a release folder, or a model repository of the Hub.

        Strict in everything that the mixin's own method lets pass: no pickle, no missing or additional tensor, no
        default config in place of an unreadable one.

        Args:
            pretrained_model_name_or_path: A release folder, or "user/name" on the Hub.
            revision: Branch, tag or commit on the Hub; for a folder nothing, or the digest it must have.
            token: Hub token, False for none, None for the one saved on this machine.
            cache_dir: Another cache than the Hub client's own.
            local_files_only: Take what is cached, without any request.
            device: Where to put the nets; None for the CPU.
            precision: "fp32", "bf16", or "auto": bf16 where the device multiplies it much faster.

        Raises:
            ReleaseError: in one line, what is missing or wrong.
        """
        folder = Path(pretrained_model_name_or_path)
        commit = None
        if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
            folder, commit = fetch_release(
                str(pretrained_model_name_or_path), revision, token, cache_dir, local_files_only
            )
        release = read_release(folder)
        if commit is None and revision not in (None, release.digest):
            raise ReleaseError(f"{folder}: its revision is {release.digest}, not {revision}")
        # Without memory first: no weights are drawn only to be replaced, and the caller's random numbers stay.
        with torch.device("meta"):
            model = cls(release.config)
        model.load_state_dict(release.weights, strict=True, assign=True)
        model.seed_index = release.seed_index
        model.directions = release.directions
        model.metrics = release.metrics
        model.real_pictures = release.real
        model.seed_map = release.seed_map
        model.class_translations = release.class_translations
        model.revision = commit or release.digest
        model.precision = precision
        return model.to(device) if device is not None else model

    def push_to_hub(  # type: ignore[override]
        self,
        repo_id: str,
        *,
        private: bool = False,
        tag: str | None = None,
        token: str | bool | None = None,
        commit_message: str = "Publish a release",
        **others: object,
    ) -> PushedRelease:
        """Publish the model as `python -m amgan push` does: all of it in one commit, an edited card there is kept.

        Args:
            repo_id: "user/name"; the repository is made if it is not there.
            private: Make it private; a public repository of that name is refused.
            tag: Name the commit so; a tag is never moved.
            token: Access token with write right, None for the one saved on this machine.
            commit_message: Title of the commit.
            others: What else the mixin's own method takes is refused.

        Raises:
            PublishError: in one line, what the Hub refused or why it did not answer.
        """
        unknown = [name for name, value in others.items() if value is not None]
        if unknown:
            raise PublishError(f"{repo_id}: not published ({', '.join(unknown)[:80]} cannot be given here)")
        with tempfile.TemporaryDirectory() as scratch:
            self.save_pretrained(scratch)
            return push_release(
                Path(scratch), repo_id, private=private, tag=tag, token=token, title=commit_message
            )  # fmt: skip

    def generate_model_card(self, *args: object, **kwargs: object) -> ModelCard:
        """The model card from the config and the metrics; called by `save_pretrained` where no card is yet."""
        return model_card(self.config, self.metrics, translations=self.class_translations)

    def _save_pretrained(self, save_directory: Path) -> None:
        write_release(save_directory, self.config, self.state_dict(), self.seed_index)
        beside: tuple[tuple[str, Any, Callable[[Path, Any], None]], ...] = (
            (METRICS_FILE, self.metrics or None, write_json),
            (DIRECTIONS_FILE, self.directions, partial(write_directions, config=self.config)),
            (REAL_FILE, self.real_pictures, partial(write_real, config=self.config)),
            (MAP_FILE, self.seed_map, write_map),
        )
        for name, content, write in beside:
            if content is None:  # that of another model may have been saved here before
                (save_directory / name).unlink(missing_ok=True)
            else:
                write(save_directory / name, content)
        write_whole(save_directory / SAMPLES_FILE, encode_png(release_sheet(self.sampler)))

    @classmethod
    def _load_as_pickle(cls, model: object, model_file: str, map_location: str, strict: bool) -> NoReturn:
        raise ReleaseError(f"{model_file}: pickled weights are never opened; publish model.safetensors")


def _is_number(value: object) -> TypeIs[int]:
    return isinstance(value, (int, np.integer))


def _is_one(labels: Sequence[Label | None] | Label | None) -> TypeIs[Label | None]:
    # A string is a class of its own, not a sequence of letters.
    return labels is None or isinstance(labels, str) or _is_number(labels)


def _listed(values: Sequence[T], what: str) -> list[T]:
    try:
        return list(values)
    except TypeError as error:
        raise RequestError(f"{what} must be a list, not {values!r:.40}") from error


class Latest(Generic[Value]):
    """Keeps the value of the last key. A copy of it starts empty, since it belongs to another owner.

    Attributes:
        stays: Whether the value of the first key is that of all.
    """

    def __init__(self) -> None:
        self.stays = False
        self._lock = threading.Lock()
        self._entry: tuple[Hashable, Value] | None = None

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made now if the last one was of another key; other threads wait for it."""
        with self._lock:
            if self._entry is None or (self._entry[0] != key and not self.stays):
                self._entry = key, make()
            return self._entry[1]

    def __deepcopy__(self, memo: dict[int, Any]) -> Latest[Value]:
        return Latest()

    def __reduce__(self) -> tuple[type[Latest[Value]], tuple[()]]:
        return Latest, ()
