"""What a training run is asked to do: every field is a flag of ``python -m amgan train``."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from inspect import signature
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le
from pydantic import AllowInfNan

from amgan.bounds import AtLeastOne, BelowOne, Confidence, Count, NotNegative, Positive, TrainingSeed, check_fields
from amgan.console import flag
from amgan.data.options import TrainingDataOptions
from amgan.errors import ConfigError, PublishError
from amgan.hub.commit import check_repository_name
from amgan.networks.architecture import Labeling
from amgan.networks.architectures import ArchitectureName
from amgan.networks.objectives import ObjectiveName
from amgan.training.augmentation import Augmentation
from amgan.training.launching import Precision
from amgan.training.recipe import RECIPES, Recipe

MAX_LICENCE = 80

DrawnTimes = Annotated[float, Ge(0.01), Le(100), AllowInfNan(False)]

UNNAMED_BEFORE = {
    "architecture": "dcgan",
    "lr_decay_from": 0,
    "augment": "none",
    "generator_first": 0,
    "discriminator_first": 0,
    "variety": 0.0,
    "hold_out": None,
    "data_weights": [],
}
"""Settings that the files of earlier versions do not name, as they were then."""


@dataclass(frozen=True)
class TrainConfig(TrainingDataOptions):
    """Train a model on labelled pictures.

    Attributes:
        data: A folder with one subfolder of pictures a class, a local data set, or a Hub id. Of pictures in a
            subfolder named unlabelled, or in rows without a class, D learns what is real, but no class. Several, as in
            --data photos kept, are put together: classes of one name are one class, and one folder may lack some.
        data_weights: How often the pictures of each of several sources are drawn, in the order of --data, as in
            --data photos kept --data-weights 1 0.5; all equally often if not given.
        out: Folder of the run: checkpoints, sample sheets, logs, and the release in out/release.
        objective: Which of the paper's models.
        labeling: dynamic (D names the class of a picture) or predefined (the class is an input of G); dcgan dynamic,
            features predefined if not given.
        architecture: Kind of the nets: dcgan, the paper's; or features, whose D looks through a frozen, pretrained
            net, for few pictures and little time.
        latent_dim: Size of the latent vector.
        generator_width: Feature maps of G at its last resolution; dcgan 96, features 48 if not given.
        discriminator_width: Feature maps of D's first layer, for features of its heads; dcgan 64, features 128.
        start_from: Start from a released model's weights and not from random ones: a release folder, or a model of the
            Hub as user/name or user/name@revision. Of another data set it is fine-tuned; its nets must be as wide.
        steps: Steps in all, those before a resume included. A step is one update of D, then one of G. 0 plans as many
            as fit into --minutes on this machine, and all that was not asked for with them.
        minutes: Time that a planned run may take in all.
        batch_size: Real pictures a step in each process, and as many generated ones.
        generator_lr: Adam's learning rate of G; dcgan 4e-4, features 2e-4.
        discriminator_lr: Adam's learning rate of D; 4e-4.
        lr_decay_from: Step from which both learning rates fall.
        lr_decay_steps: Steps over which they then fall linearly to 0; 0 keeps them constant.
        ema_decay: Decay a step of the moving average of G that is released; it ramps up from 0.
        augment: What is done to real and generated pictures alike before D sees them: none; shift, by up to an eighth
            of the side; all: colours, shift, and a square of half the side cut out; or adaptive: these on as many
            pictures as keep D from knowing them by heart, by those of --hold-out. dcgan none, features shift.
        generator_first: Steps before the first in which a G of random weights learns to draw the principal components
            of the pictures; dcgan 0, features 250.
        discriminator_first: Steps at the start in which D learns alone; dcgan 0, features 100.
        variety: Weight in G's loss of what its pictures lack in variety within their classes against real ones; 0 as
            soon as they lack none. dcgan 0, features 10.
        seed: Start of all random numbers.
        precision: fp32 (with TF32 in convolutions on CUDA, as is PyTorch's way), bf16, or auto: bf16 where the
            hardware multiplies it faster (CUDA, CPUs with AMX or AVX512-BF16).
        hold_out: Share of the pictures that is kept out of the training, chosen by content, for `evaluate` to compare
            with; a planned run on up to 10,000 pictures without a split test keeps out a tenth.
        resume: Go on from the newest complete checkpoint in out.
        log_every: Steps between two lines of losses.
        sheet_every: Steps between two sample sheets from fixed seeds.
        checkpoint_every: Steps between two checkpoints and releases.
        keep_checkpoints: How many of the newest checkpoints to keep.
        eval_every: Steps between two scores of the model by a judge, the classifier of its data set; 0 for none. The
            best model by Frechet distance is then kept in out/best, beside the last one in out/release.
        eval_pictures: How many pictures the judge looks at each time.
        patience: Scores in a row, each worse than the one before it and half as bad again as the best, after which the
            run stops; 0 never stops it. Planned runs: 3, with scores that they plan where a judge is to be had.
        judge: Folder of that judge; the best that ships and knows the classes or, for 100 to 5,000
            pictures of other classes, one that is fitted to them if not given.
        confidence: Dynamic models: D's probability from which a picture counts as of a class.
        index_seeds: Dynamic models: how many seeds the finished release's seed index covers.
        push_to_hub: Publish on the Hub as user/name while training goes on; a failed push is tried again later.
        private: Make that repository private.
        push_every: Steps between two pushes, each tagged as step-0010000; a push step saves as well. The last step and
            the step of a stop are always pushed; 0 pushes only those.
        data_licence: Licence of the pictures, for the card; by default what the card of a Hub data set says.
    """

    out: Path
    objective: ObjectiveName = "am-gan"
    labeling: Labeling | None = None
    architecture: ArchitectureName = "features"
    latent_dim: int = 100
    generator_width: int | None = None
    discriminator_width: int | None = None
    start_from: str | None = None
    steps: Count = 0
    minutes: Positive = 60
    batch_size: Annotated[int, Ge(2)] = 64
    generator_lr: Positive | None = None
    discriminator_lr: Positive | None = None
    lr_decay_from: Count = 0
    lr_decay_steps: Count = 0
    ema_decay: BelowOne = 0.999
    augment: Augmentation | None = None
    generator_first: Count | None = None
    discriminator_first: Count | None = None
    variety: NotNegative | None = None
    seed: TrainingSeed = 0
    precision: Precision = "auto"
    hold_out: BelowOne | None = None
    resume: bool = False
    log_every: AtLeastOne = 50
    sheet_every: AtLeastOne = 500
    checkpoint_every: AtLeastOne = 1000
    keep_checkpoints: AtLeastOne = 2
    eval_every: Count = 0
    eval_pictures: Annotated[int, Ge(10)] = 2000
    patience: Count = 0
    judge: Path | None = None
    confidence: Confidence = 0.7
    index_seeds: Count = 2048
    push_to_hub: str | None = None
    private: bool = False
    push_every: Count = 5000
    data_licence: str | None = None
    data_weights: tuple[DrawnTimes, ...] = ()

    def check(self) -> None:
        """Check the numbers that a run could not start with; the model's own are checked by `ModelConfig`.

        Raises:
            ConfigError: naming the flag and what it must be.
        """
        check_fields(self, flag)
        if self.data_weights and len(self.data_weights) != len(self.data):
            raise ConfigError(
                f"--data-weights must be one number for each of --data, so {len(self.data)}, not "
                f"{len(self.data_weights)}"
            )
        if self.data_licence is not None and not 0 < len(self.data_licence.strip()) <= MAX_LICENCE:
            raise ConfigError(
                f"--data-licence must be a short name, such as mit or cc-by-4.0, of 1 to {MAX_LICENCE} letters"
            )
        if self.push_to_hub is None:
            if self.private:
                raise ConfigError("--private must be given with --push-to-hub user/name")
            return
        try:
            check_repository_name(self.push_to_hub)
        except PublishError as error:
            raise ConfigError(f"--push-to-hub: {error}") from error

    @property
    def recipe(self) -> Recipe:
        """What suits the architecture, with what is asked for in its place."""
        usual = RECIPES.get(self.architecture, RECIPES["dcgan"])
        asked = {name: getattr(self, name, None) for name in vars(usual)}
        return replace(usual, **{name: value for name, value in asked.items() if value is not None})

    def scores_at(self, step: int) -> bool:
        """Whether the model of a step is to be scored."""
        return self.eval_every > 0 and (step % self.eval_every == 0 or step == self.steps)

    def pushes_at(self, step: int) -> bool:
        """Whether the release of a step on the way is to be pushed."""
        return self.push_to_hub is not None and self.push_every > 0 and step % self.push_every == 0

    def command_line(self) -> str:
        """The command that gives these settings, those at their defaults and --resume left out."""
        words = ["python", "-m", "amgan", "train"]
        for name, option in signature(type(self)).parameters.items():
            value = getattr(self, name)
            if value == option.default or name == "resume":
                continue
            values = value if isinstance(value, tuple) else () if value is True else (value,)
            words += [flag(name), *(shlex.quote(str(each)) for each in values)]
        return " ".join(words)
