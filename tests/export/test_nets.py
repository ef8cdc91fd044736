"""Nets as ONNX: what they take and give, what is not in them, and what is refused."""

from __future__ import annotations

import importlib.util

import onnx
import pytest

from amgan.errors import ExportError
from amgan.export.agreement import check_nets
from amgan.export.nets import OnnxNets, check_installed, check_size, onnx_nets
from amgan.model import AMGAN
from amgan.networks.architectures import ARCHITECTURES
from tests.export.pages import Exported
from tests.models import message, tiny_config, tiny_model


def loaded(exported: Exported, name: str) -> onnx.ModelProto:
    return onnx.load(exported.folder / exported.place / f"{name}.onnx")


def shapes(values):
    return [(value.name, [size.dim_value for size in value.type.tensor_type.shape.dim]) for value in values]


def test_nets_take_one_picture_at_a_time(dynamic, predefined):
    generator, judge = loaded(dynamic, "generator"), loaded(dynamic, "judge")
    assert shapes(generator.graph.input) == [("inputs", [1, 20])]
    assert shapes(generator.graph.output) == [("picture", [1, 32, 32, 1])]
    assert shapes(judge.graph.input) == [("picture", [1, 32, 32, 1])]
    assert shapes(judge.graph.output) == [("opinion", [1, 4])]
    assert shapes(loaded(predefined, "generator").graph.input) == [("inputs", [1, 5 + 3])]
    for model in (generator, judge):
        onnx.checker.check_model(model, full_check=True)


def test_nothing_of_this_machine_is_in_them(dynamic):
    for name in ("generator", "judge"):
        content = (dynamic.folder / dynamic.place / f"{name}.onnx").read_bytes()
        assert b".py" not in content


@pytest.fixture(scope="module")
def model():
    return tiny_model(seed=2, latent_dim=3)


@pytest.fixture(scope="module")
def small(model):
    return onnx_nets(model, judged=False)


def test_a_net_that_draws_something_else_is_refused(model, small):
    assert small.judge is None
    found = check_nets(model, small, range(8))
    assert (found.pictures, found.opinion) == (8, None)
    assert found.levels <= 1
    other = tiny_model(seed=3, latent_dim=3)
    with pytest.raises(ExportError) as refused:
        check_nets(other, small, range(8))
    assert "do not draw what the model draws" in message(refused.value)


def test_a_judge_that_thinks_something_else_is_refused(dynamic, model, small):
    place = dynamic.folder / dynamic.place
    opinion = OnnxNets(*((place / f"{name}.onnx").read_bytes() for name in ("generator", "judge")))
    other = tiny_model(seed=5, latent_dim=20)
    other.generator.load_state_dict(dynamic.model.generator.state_dict())
    with pytest.raises(ExportError, match="nothing was written"):
        check_nets(other, opinion, range(4))
    assert check_nets(dynamic.model, opinion, range(4)).opinion < 1e-3


def test_a_net_that_is_too_large_for_a_page_is_refused():
    check_size(bytes(25_000_000), "G")
    with pytest.raises(ExportError, match=r"G has 25 MB as ONNX; a page can have at most 25$"):
        check_size(bytes(25_000_001), "G")
    with pytest.raises(ExportError, match="--without-judge"):
        check_size(bytes(25_000_001), "D")


def test_what_is_not_installed_is_named(monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "onnxscript" else there(name, *rest)
    )
    with pytest.raises(ExportError, match="export needs onnxscript: pip install onnxscript") as refused:
        check_installed()
    message(refused.value)


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES.keys() - {"dcgan"}))
def test_nets_of_the_other_architectures_run_as_onnx(architecture):
    config = tiny_config(architecture=architecture, image_size=64, channels=3, generator_width=4, discriminator_width=8)
    model = AMGAN(config)
    found = check_nets(model, onnx_nets(model), range(2))
    assert found.opinion < 1e-3
