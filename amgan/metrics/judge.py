"""The judge: a reference classifier of a data set's classes, which every metric here looks through.

A judge's folder holds `config.json` (with its accuracy) and `model.safetensors`, which is what it learnt: frozen
features, where it looks through some, are named only. The folder is foreign input like a release: nothing in it is
trusted, no pickle is opened.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from amgan.errors import ConfigError, JudgeError, ReleaseError
from amgan.metrics.judge_network import JudgeNet
from amgan.metrics.judge_pretrained import PretrainedJudgeNet
from amgan.networks.architecture import ImageSize
from amgan.networks.config import MAX_WIDTH, check_choice, check_int, checked_class_names, config_values
from amgan.networks.efficientnet import LITE1
from amgan.release.checked_files import check_numbers, read_json, read_tensors, write_json, write_tensors
from amgan.sampling.arithmetic import EXACT

FORMAT_VERSION = 1
PRETRAINED_FORMAT_VERSION = 2
"""Version of the config.json of a judge on pretrained features. A judge with another version is refused."""

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"

MAX_FOLDS = 1000

LEAST_ACCURACY = 0.85
LEAST_TEST_PICTURES = 100
"""A judge that is worse, or of which less is known, tells little about a model."""


@dataclass(frozen=True)
class JudgeConfig:
    """What a judge knows and how good it is; the content of its config.json beside ``format_version``.

    Attributes:
        class_names: The K classes, in the order of the label numbers.
        image_size: Side of the pictures in pixels.
        channels: 1 (grey) or 3 (RGB).
        width: Feature maps of the net's first layer; 0 for a pretrained one.
        resize: How its training pictures were brought to `image_size`: "none", "pad" or "crop".
        accuracy: Share of the test pictures that it names right, 0 to 1.
        test_pictures: How many pictures that is the share of.
        training: How it was trained, in words.
        pretrained: Title of the frozen net through which it looks; "" for a net that learnt as a whole.
        folds: Parts of the data set of which each was named by a classifier of the others; 0 where the test pictures
            are none that it was trained on.
    """

    class_names: tuple[str, ...]
    image_size: ImageSize
    channels: Literal[1, 3]
    width: int
    resize: Literal["none", "pad", "crop"]
    accuracy: float
    test_pictures: int
    training: str
    pretrained: str = ""
    folds: int = 0

    def __post_init__(self) -> None:
        """Check every bound before anything is allocated.

        Raises:
            ConfigError: naming the field and what is allowed.
        """
        object.__setattr__(self, "class_names", checked_class_names(self.class_names))
        check_choice("image_size", self.image_size, get_args(ImageSize))
        check_choice("channels", self.channels, (1, 3))
        if self.pretrained:
            check_choice("pretrained", self.pretrained, (LITE1.title,))
            check_int("folds", self.folds, 2, MAX_FOLDS)
        else:
            check_int("width", self.width, 1, MAX_WIDTH)
        check_choice("resize", self.resize, ("none", "pad", "crop"))
        check_int("test_pictures", self.test_pictures, 0, 10**9)
        if type(self.accuracy) not in {int, float} or not 0 <= self.accuracy <= 1:
            raise ConfigError(f"accuracy must be a number from 0 to 1, not {self.accuracy!r:.40}")
        if not isinstance(self.training, str) or len(self.training) > 1000 or not self.training.isprintable():
            raise ConfigError("training must be one line of at most 1000 characters")

    @property
    def weakness(self) -> str:
        """Why its scores mean little, in words; empty if they mean something."""
        if self.accuracy < LEAST_ACCURACY:
            return f"names {self.accuracy:.1%} of its test pictures right, not {LEAST_ACCURACY:.0%}"
        if self.test_pictures < LEAST_TEST_PICTURES:
            return f"was tested on {self.test_pictures} pictures, not {LEAST_TEST_PICTURES}"
        return ""

    @property
    def accuracy_error(self) -> float:
        """Standard error of the accuracy, after Agresti and Coull: not 0 where none of a few was named wrong."""
        count = self.test_pictures + 4
        share = (self.accuracy * self.test_pictures + 2) / count
        return math.sqrt(share * (1 - share) / count)

    def to_json(self) -> dict[str, Any]:
        """The content of config.json."""
        version = PRETRAINED_FORMAT_VERSION if self.pretrained else FORMAT_VERSION
        content = {"format_version": version, **asdict(self), "class_names": list(self.class_names)}
        return {name: value for name, value in content.items() if name in {"format_version", *KEYS[version]}}

    @classmethod
    def from_json(cls, content: Any) -> JudgeConfig:
        """Read the content of a config.json that may come from anyone.

        Raises:
            ConfigError: no object, another format version, an unknown or missing key, a value out of bounds.
        """
        return cls(**{"width": 0, **config_values(content, KEYS, "; is this a judge's folder?")})

    def new_net(self) -> JudgeNet | PretrainedJudgeNet:
        """A net of this config with new weights.

        Raises:
            ConfigError: the pretrained net is not installed.
        """
        classes = len(self.class_names)
        if self.pretrained:
            return PretrainedJudgeNet(classes)
        return JudgeNet(classes, self.image_size, self.channels, self.width)


_NAMES = {field.name for field in fields(JudgeConfig)}
KEYS = {FORMAT_VERSION: _NAMES - {"pretrained", "folds"}, PRETRAINED_FORMAT_VERSION: _NAMES - {"width"}}
"""What config.json holds beside its version, by version."""


@dataclass(frozen=True)
class Judgement:
    """What a judge says of N pictures.

    Attributes:
        log_probabilities: float64 (N, K), the log-softmax of its logits taken in double.
        features: float32 (N, F), its penultimate features.
    """

    log_probabilities: Tensor
    features: Tensor

    @property
    def classes(self) -> Tensor:
        """The class it finds most probable, int64 (N,)."""
        return self.log_probabilities.argmax(dim=1)


class Judge:
    """A reference classifier.

    Attributes:
        config: What it knows.
        net: The net, in eval mode.
        name: What protocols call it: its folder's name.
        digest: SHA-256 over its files, 40 hex digits; "unsaved" for one that was never written.
    """

    def __init__(
        self, config: JudgeConfig, net: JudgeNet | PretrainedJudgeNet, name: str = "judge", digest: str = "unsaved"
    ) -> None:
        self.config = config
        # One memory format, since another one rounds otherwise.
        net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.net = net.eval().requires_grad_(False)
        self.name = name
        self.digest = digest

    @property
    def num_features(self) -> int:
        """F, the number of its penultimate features."""
        return self.net.num_features

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return next(self.net.parameters()).device

    @classmethod
    def load(cls, folder: Path, device: torch.device | str = "cpu") -> Judge:
        """Read and check a judge's folder.

        Raises:
            ReleaseError: in one line, which file is missing or wrong, and how.
            ConfigError: the pretrained net is not installed.
        """
        if not folder.is_dir():
            raise ReleaseError(f"{folder}: no such judge; train one with python -m amgan train-judge")
        try:
            config = JudgeConfig.from_json(read_json(folder / CONFIG_FILE))
        except ConfigError as error:
            raise ReleaseError(f"{folder / CONFIG_FILE}: {error}") from error
        with torch.device("meta"):
            net = config.new_net()
        weights = read_tensors(folder / WEIGHTS_FILE, dict(net.learnt.state_dict()))
        check_numbers(folder / WEIGHTS_FILE, weights)
        if "std" in weights and (weights["std"] <= 0).any():
            raise ReleaseError(f"{folder / WEIGHTS_FILE}: tensor 'std' must be above 0")
        net.learnt.load_state_dict(weights, strict=True, assign=True)
        digest = hashlib.sha256()
        for name in (CONFIG_FILE, WEIGHTS_FILE):
            digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
        return cls(config, net.to(device), folder.resolve().name, digest.hexdigest()[:40])

    def save(self, folder: Path) -> None:
        """Write the judge's folder."""
        folder.mkdir(parents=True, exist_ok=True)
        write_tensors(folder / WEIGHTS_FILE, self.net.learnt.state_dict())
        write_json(folder / CONFIG_FILE, self.config.to_json())

    def describe(self) -> dict[str, Any]:
        """The judge as a protocol names it."""
        config = self.config
        described: dict[str, Any] = {"name": self.name, "digest": self.digest}
        described |= {"accuracy": config.accuracy, "test_pictures": config.test_pictures}
        if config.folds:
            described |= {"accuracy_error": round(config.accuracy_error, 6), "folds": config.folds}
            described["pretrained"] = config.pretrained
        return described

    def check_fits(self, class_names: Sequence[str], image_size: int, channels: int, what: str) -> None:
        """Refuse a data set or model of which this judge knows nothing.

        Args:
            class_names: Its classes, in order.
            image_size: Side of its pictures.
            channels: Of its pictures.
            what: What it is, for the message.

        Raises:
            JudgeError: naming the first difference.
        """
        own = self.config.class_names
        if tuple(class_names) != own:
            number, theirs, mine = next(
                (i, a, b) for i, (a, b) in enumerate(zip([*class_names, None], [*own, None])) if a != b
            )
            raise JudgeError(
                f"the judge {self.name} knows other classes than {what}: class {number} is {mine!r:.60} for the judge "
                f"and {theirs!r:.60} there; train a judge on that data with python -m amgan train-judge"
            )
        for field, theirs_, mine_ in (
            ("image size", image_size, self.config.image_size),
            ("channels", channels, self.config.channels),
        ):
            if theirs_ != mine_:
                raise JudgeError(f"the judge {self.name} looks at pictures of {field} {mine_}, {what} has {theirs_}")

    @torch.inference_mode()
    @EXACT
    def judge(self, images: Tensor) -> Judgement:
        """Judge uint8 pictures (N, C, size, size), any N above 0; the results are on the CPU.

        A picture's numbers do not depend on the others.
        """
        net = self.net
        device = self.device
        features, log_probabilities = [], []
        # Batches of exactly this many, the last one filled up: the same numbers for any caller.
        for part in images.split(net.batch):
            filled = torch.cat([part, part[:1].expand(net.batch - len(part), -1, -1, -1)])
            found = net.features(filled.to(device))
            logits = net.logits(found)
            features.append(found[: len(part)].float().cpu())
            log_probabilities.append(logits[: len(part)].cpu().double().log_softmax(dim=1))  # MPS has no double
        return Judgement(torch.cat(log_probabilities), torch.cat(features))
