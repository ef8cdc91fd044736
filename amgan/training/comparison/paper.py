"""What the paper reports and says (Zhou et al., ICLR 2018, arXiv:1703.02000): Tables 1 and 3 and the text to them."""

from __future__ import annotations

from dataclasses import dataclass

from amgan.networks.objectives import ObjectiveName
from amgan.training.comparison.plan import Variant

CIFAR10_CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


@dataclass(frozen=True)
class Reported:
    """The paper's numbers of one model on CIFAR-10.

    Attributes:
        inception_score: By the 2015 Inception net on 50,000 pictures.
        am_score: By a DenseNet trained on CIFAR-10.
        ms_ssim: The largest class mean, where the paper has it.
    """

    inception_score: float
    am_score: float
    ms_ssim: float | None = None


CIFAR10: dict[Variant, Reported] = {
    Variant("gan", "dynamic"): Reported(7.04, 0.45),
    Variant("gan", "predefined"): Reported(7.27, 0.43),
    Variant("gan-star", "dynamic"): Reported(7.25, 0.40),
    Variant("gan-star", "predefined"): Reported(7.31, 0.41),
    Variant("ac-gan", "dynamic"): Reported(6.48, 0.43),
    Variant("ac-gan", "predefined"): Reported(7.66, 0.20),
    Variant("ac-gan-star-tenth", "dynamic"): Reported(7.19, 0.23, 0.35),
    Variant("ac-gan-star", "dynamic"): Reported(7.41, 0.17, 0.61),
    Variant("ac-gan-star", "predefined"): Reported(7.79, 0.16, 0.35),
    Variant("ac-gan-star-plus", "dynamic"): Reported(8.56, 0.10, 0.39),
    Variant("ac-gan-star-plus", "predefined"): Reported(8.01, 0.14, 0.36),
    Variant("labelgan", "dynamic"): Reported(8.63, 0.13, 0.35),
    Variant("labelgan", "predefined"): Reported(7.88, 0.25, 0.32),
    Variant("am-gan", "dynamic"): Reported(8.83, 0.08, 0.36),
    Variant("am-gan", "predefined"): Reported(8.35, 0.05, 0.36),
}


@dataclass(frozen=True)
class Claim:
    """Something that the paper says of CIFAR-10, as comparisons of two variants each by one metric.

    Attributes:
        text: What is said.
        metric: Kind of the metric, as `amgan.metrics.evaluation_rows` names it.
        higher: Whether more of it is meant.
        pairs: The variant that has more of it (or less, if not `higher`), and the one it is compared with.
    """

    text: str
    metric: str
    higher: bool
    pairs: tuple[tuple[Variant, Variant], ...]


def _against(one: ObjectiveName, others: tuple[ObjectiveName, ...]) -> tuple[tuple[Variant, Variant], ...]:
    return tuple((Variant(one, "dynamic"), Variant(other, "dynamic")) for other in others)


def _labelings(*objectives: ObjectiveName, dynamic_first: bool) -> tuple[tuple[Variant, Variant], ...]:
    pairs = [(Variant(one, "dynamic"), Variant(one, "predefined")) for one in objectives]
    return tuple(pair if dynamic_first else pair[::-1] for pair in pairs)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "AM-GAN has the highest Inception Score of all with dynamic labeling.",
        "inception_score", True,
        _against("am-gan", ("labelgan", "ac-gan-star-plus", "ac-gan-star", "gan-star", "gan")),
    ),
    Claim(
        "AM-GAN has the lowest AM Score of all with dynamic labeling.",
        "am_score", False,
        _against("am-gan", ("labelgan", "ac-gan-star-plus", "ac-gan-star", "gan-star", "gan")),
    ),
    Claim(
        "With dynamic labeling AC-GAN* collapses inside classes: its largest class MS-SSIM is above the others'.",
        "ms_ssim", True,
        _against("ac-gan-star", ("ac-gan-star-plus", "labelgan", "am-gan")),
    ),
    Claim(
        "AC-GAN* collapses more with dynamic than with predefined labeling: its largest class MS-SSIM is higher.",
        "ms_ssim", True,
        _labelings("ac-gan-star", dynamic_first=True),
    ),
    Claim(
        "With predefined labeling AC-GAN* keeps its variety: its largest class MS-SSIM is below AM-GAN's (0.35, 0.36).",
        "ms_ssim", False,
        ((Variant("ac-gan-star", "predefined"), Variant("am-gan", "predefined")),),
    ),
    Claim(
        "An adversarial auxiliary classifier mends AC-GAN*: AC-GAN*+ has the higher Inception Score.",
        "inception_score", True,
        _against("ac-gan-star-plus", ("ac-gan-star",)),
    ),
    Claim(
        "Learning the classes inside one softmax helps: LabelGAN has a higher Inception Score than GAN*.",
        "inception_score", True,
        _against("labelgan", ("gan-star",)),
    ),
    Claim(
        "Leaving generated pictures out of the classifier helps: AC-GAN* has a higher Inception Score than AC-GAN.",
        "inception_score", True,
        _against("ac-gan-star", ("ac-gan",)),
    ),
    Claim(
        "Dynamic labeling gives AM-GAN, LabelGAN and AC-GAN*+ a higher Inception Score than predefined labeling.",
        "inception_score", True,
        _labelings("am-gan", "labelgan", "ac-gan-star-plus", dynamic_first=True),
    ),
    Claim(
        "Predefined labeling gives GAN* and AC-GAN* a higher Inception Score than dynamic labeling.",
        "inception_score", True,
        _labelings("gan-star", "ac-gan-star", dynamic_first=False),
    ),
    Claim(
        "Predefined labeling gives AM-GAN a lower AM Score than dynamic labeling.",
        "am_score", False,
        _labelings("am-gan", dynamic_first=False),
    ),
)  # fmt: skip
