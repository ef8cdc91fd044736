"""The architectures that there are; a new one is a file beside `dcgan.py`, a line here and a sentence a language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from amgan.languages.reading import Texts
from amgan.networks import dcgan_matmul, features
from amgan.networks.architecture import Architecture
from amgan.networks.dcgan import Discriminator, Generator, of_another_size
from amgan.networks.dcgan_folded import FoldedGenerator


def _sentence(name: str, **values: str) -> Callable[[str], str]:
    """The one in the files of the languages."""
    return lambda lang: Texts(lang, "nets")(name, **values)


ARCHITECTURES: dict[str, Architecture] = {
    "dcgan": Architecture(
        Generator, Discriminator, dcgan_matmul.drawing, dcgan_matmul.judging, Generator.first_layer,
        "project.weight", ("logits.",), (32, 64, 128),
        _sentence("dcgan"), of_another_size,
    ),
    "features": Architecture(
        features.SmoothGenerator, features.Discriminator, FoldedGenerator, features.Judging, Generator.first_layer,
        "project.weight", features.CLASS_LAYERS, (32, 64, 128), _sentence("features", **features.NAMED),
        of_another_size, {"dcgan": features.from_dcgan},
    ),
}  # fmt: skip
"""By the names that flags and config.json have for them."""

if TYPE_CHECKING:
    ArchitectureName = str
else:
    ArchitectureName = Literal[tuple(ARCHITECTURES)]
"""One of these names, as the type of a flag."""
