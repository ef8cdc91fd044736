"""A model's nets as ONNX, by the names and types with which the static page runs them."""

from __future__ import annotations

import contextlib
import copy
import importlib.util
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from amgan.errors import ExportError
from amgan.model import AMGAN
from amgan.networks.architecture import DiscriminatorNet
from amgan.networks.config import ModelConfig
from amgan.sampling.rendering import judging, to_bytes

NEEDED = ("onnx", "onnxscript", "onnxruntime")
OPSET = 18
MAX_FILE_BYTES = 25_000_000
"""Of a net's file: what web hosts take without more ado, and what a visitor on a phone may be asked to load."""


@dataclass(frozen=True)
class OnnxNets:
    """The nets of one model, each for one picture at a time, so that a picture never depends on its neighbours.

    Attributes:
        generator: ONNX with input "inputs", fp32 (1, latent_dim [+ K]), and output "picture", uint8 (1, H, W, C).
        judge: ONNX with input "picture" and output "opinion", fp32 (1, K + 1): D's probabilities of the classes and,
            behind them, of "real". None for a page without D.
    """

    generator: bytes
    judge: bytes | None


def check_installed() -> None:
    """Check that what export needs is there, before anything takes long.

    Raises:
        ExportError: it is not installed.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ExportError(f"export needs {', '.join(missing)}: pip install {' '.join(missing)}")


def onnx_nets(model: AMGAN, judged: bool = True) -> OnnxNets:
    """A model's nets as ONNX.

    Args:
        model: The model.
        judged: Whether D is wanted.

    Raises:
        ExportError: what it needs is not installed, a net cannot be written so, or would be too large for a page.
    """
    check_installed()
    config = model.config
    inputs = torch.zeros(1, config.latent_dim + (config.num_classes if config.is_predefined else 0))
    picture = torch.zeros(1, config.image_size, config.image_size, config.channels, dtype=torch.uint8)
    generator = _onnx(_Drawing(model.generator, config), inputs, "inputs", "picture")
    judge = _onnx(_Judging(model.discriminator, config), picture, "picture", "opinion") if judged else None
    return OnnxNets(generator, judge)


class _Drawing(nn.Module):
    def __init__(self, generator: nn.Module, config: ModelConfig) -> None:
        super().__init__()
        self.generator = copy.deepcopy(generator).cpu()
        self.latent_dim = config.latent_dim
        self.is_predefined = config.is_predefined

    def forward(self, inputs: Tensor) -> Tensor:
        if not self.is_predefined:
            return to_bytes(self.generator(inputs))
        return to_bytes(self.generator(inputs[:, : self.latent_dim], inputs[:, self.latent_dim :]))


class _Judging(nn.Module):
    def __init__(self, discriminator: DiscriminatorNet, config: ModelConfig) -> None:
        super().__init__()
        self.discriminator = copy.deepcopy(discriminator).cpu()  # frozen weights stay in fp16: half the file
        self.judge = judging(self.discriminator.answer, config)

    def forward(self, picture: Tensor) -> Tensor:
        return self.judge(picture)


def _onnx(net: nn.Module, example: Tensor, input_name: str, output_name: str) -> bytes:
    what = "G" if output_name == "picture" else "D"
    try:
        with torch.no_grad(), _quiet():
            program = torch.onnx.export(
                net.eval(), (example,), dynamo=True, opset_version=OPSET, verbose=False,
                input_names=[input_name], output_names=[output_name],
            )  # fmt: skip
    except torch.onnx.errors.OnnxExporterError as error:
        raise ExportError(f"{what} of this model cannot be written as ONNX ({type(error).__name__})") from error
    assert program is not None
    content = _without_traces(program.model_proto)
    check_size(content, what)
    return content


def check_size(content: bytes, what: str) -> None:
    """Check that a page can have a net.

    Args:
        content: The net as ONNX.
        what: Which it is, "G" or "D".

    Raises:
        ExportError: it is too large.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ExportError(
            f"{what} has {len(content) / 1e6:.0f} MB as ONNX; a page can have at most {MAX_FILE_BYTES / 1e6:.0f}"
            + ("" if what == "G" else ": leave D out with --without-judge")
        )


def _without_traces(proto: Any) -> bytes:
    """The file without what the exporter notes for its makers: lines of code, and where it lies on this machine."""
    for part in (proto, proto.graph, *proto.graph.node, *proto.graph.input, *proto.graph.output):
        del part.metadata_props[:]
        part.doc_string = ""
    del proto.graph.value_info[:]
    del proto.functions[:]
    content: bytes = proto.SerializeToString(deterministic=True)
    return content


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Meanwhile, the exporter keeps what it has to say to programmers to itself."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
