"""config.json: what is written is read back, and nothing else is."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amgan.errors import ConfigError
from amgan.networks.architectures import ARCHITECTURES
from amgan.networks.config import (
    FORMAT_VERSION,
    MAX_CLASS_NAMES_BYTES,
    MAX_CLASSES,
    MAX_LATENT_DIM,
    MAX_WIDTH,
    ModelConfig,
)
from amgan.networks.objectives import OBJECTIVES
from amgan.release.checked_files import MAX_JSON_BYTES

NAMES = st.lists(
    st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12),
    min_size=2,
    max_size=5,
    unique=True,
)
CONFIGS = st.builds(
    ModelConfig,
    class_names=NAMES.map(tuple),
    objective=st.sampled_from(sorted(OBJECTIVES)),
    labeling=st.sampled_from(["dynamic", "predefined"]),
    image_size=st.sampled_from([32, 64, 128]),
    channels=st.sampled_from([1, 3]),
    latent_dim=st.integers(1, MAX_LATENT_DIM),
    generator_width=st.integers(1, MAX_WIDTH),
    discriminator_width=st.integers(1, MAX_WIDTH),
    confidence=st.floats(0, 1, exclude_max=True),
    resize=st.sampled_from(["none", "pad", "crop"]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


def content(**changes: object) -> dict[str, object]:
    return ModelConfig(("cat", "dog")).to_json() | changes


def refused(value: object) -> str:
    with pytest.raises(ConfigError) as caught:
        ModelConfig.from_json(value)
    message = str(caught.value)
    assert message
    assert "\n" not in message
    assert len(message) < 250
    return message


@given(CONFIGS)
def test_json_round_trip(config):
    assert ModelConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_properties():
    config = ModelConfig(["cat", "dog", "hen"], labeling="predefined")
    assert config.class_names == ("cat", "dog", "hen")
    assert config.num_classes == 3
    assert config.is_predefined
    assert not ModelConfig(("cat", "dog")).is_predefined


@given(JSON)
def test_any_other_json_is_refused(value):
    refused(value)


@given(st.sampled_from(sorted(content())), JSON)
def test_any_value_of_a_key_is_taken_or_refused_in_one_line(key, value):
    try:
        config = ModelConfig.from_json(content(**{key: value}))
    except ConfigError as error:
        message = str(error)
    else:
        message = ""
        # Taken as it is, never made to fit.
        assert config.to_json()[key] == value
        assert type(config.to_json()[key]) is type(value) or key in ("confidence", "format_version")
    assert "\n" not in message


@pytest.mark.parametrize("key", sorted(set(content()) - {"format_version"}))
def test_missing_key(key):
    partial = content()
    del partial[key]
    assert key in refused(partial)


def test_unknown_key():
    assert "colour" in refused(content(colour=1))
    assert "\\n" in refused(content(**{"a\nb": 1}))


@pytest.mark.parametrize("version", [None, 0, FORMAT_VERSION + 1, str(FORMAT_VERSION), True, [FORMAT_VERSION]])
def test_unknown_version(version):
    assert "format_version" in refused(content(format_version=version))


def test_missing_version():
    partial = content()
    del partial["format_version"]
    assert "format_version" in refused(partial)


@pytest.mark.parametrize("changes", [{}, {"labeling": "predefined"}, {"image_size": 64}])
def test_version_1_is_dcgan(changes):
    written = content(format_version=1, **changes)
    del written["architecture"]
    config = ModelConfig.from_json(written)
    assert config == ModelConfig(("cat", "dog"), architecture="dcgan", **changes)
    assert config.to_json() == {**written, "format_version": FORMAT_VERSION, "architecture": "dcgan"}


def test_version_1_has_no_architecture():
    assert "unknown key 'architecture'" in refused(content(format_version=1))


def test_a_version_to_come_is_said_to_need_a_newer_amgan():
    message = refused(content(format_version=FORMAT_VERSION + 1))
    assert message == "format_version is 3, this version of amgan reads 1 and 2; it takes a newer one"


def test_an_unknown_architecture_is_refused_with_those_that_there_are(two_heads):
    assert {"dcgan", two_heads} <= set(ARCHITECTURES)
    message = refused(content(architecture="features of tomorrow"))
    assert message == f"architecture must be one of {', '.join(ARCHITECTURES)}, not 'features of tomorrow'"


def test_an_architecture_takes_only_the_sizes_that_it_is_made_for(two_heads):
    assert "image_size must be one of 32, 128, not 64" in refused(content(architecture=two_heads, image_size=64))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("architecture", "features of tomorrow"),
        ("architecture", ["dcgan"]),
        ("architecture", None),
        ("image_size", 33),
        ("image_size", 32.0),
        ("image_size", "32"),
        ("channels", 2),
        ("channels", True),
        ("channels", 1.0),
        ("latent_dim", 0),
        ("latent_dim", -1),
        ("latent_dim", True),
        ("latent_dim", 100.0),
        ("latent_dim", MAX_LATENT_DIM + 1),
        ("generator_width", 0),
        ("generator_width", 10**9),
        ("generator_width", 96.0),
        ("generator_width", None),
        ("discriminator_width", True),
        ("discriminator_width", MAX_WIDTH + 1),
        ("discriminator_width", 10**300),
        ("objective", "wgan"),
        ("objective", ["am-gan"]),
        ("objective", {}),
        ("labeling", "Dynamic"),
        ("labeling", None),
        ("resize", "stretch"),
        ("confidence", 1),
        ("confidence", -0.1),
        ("confidence", math.nan),
        ("confidence", math.inf),
        ("confidence", False),
        ("confidence", "0.9"),
        ("class_names", ["one"]),
        ("class_names", []),
        ("class_names", "ab"),
        ("class_names", {"a": 1, "b": 2}),
        ("class_names", ["a", 2]),
        ("class_names", [["a"], ["b"]]),
        ("class_names", ["a", None]),
        ("class_names", ["a", "a"]),
        ("class_names", ["a", " \t"]),
        ("class_names", ["a", ""]),
        ("class_names", ["a", "b" * 201]),
        ("class_names", [str(number) for number in range(MAX_CLASSES + 1)]),
    ],
)
def test_value_out_of_bounds_names_its_key(key, value):
    message = refused(content(**{key: value}))
    assert key in message.replace("class name ", "class_names ")


@pytest.mark.parametrize(
    ("key", "value"),
    [("latent_dim", MAX_LATENT_DIM), ("generator_width", MAX_WIDTH), ("discriminator_width", 1), ("confidence", 0)],
)
def test_value_at_its_bound_is_taken(key, value):
    assert getattr(ModelConfig.from_json(content(**{key: value})), key) == value


@pytest.mark.parametrize("name", ["a\nb", "\ud800", "tab\t", "\x00"])
def test_class_names_that_do_not_print_are_refused(name):
    with pytest.raises(ConfigError, match="printable"):
        ModelConfig(class_names=("fine", name))


@pytest.mark.parametrize("letter", ["x", '"', "é"])
def test_all_class_names_that_are_allowed_make_a_config_that_can_be_read(letter):
    length = MAX_CLASS_NAMES_BYTES // MAX_CLASSES // len(letter.encode())
    names = [f"{i:{letter}>{length}}" for i in range(MAX_CLASSES)]
    text = json.dumps(ModelConfig(names).to_json(), indent=2, ensure_ascii=False)
    assert len(text.encode()) < MAX_JSON_BYTES
    with pytest.raises(ConfigError, match="bytes together"):
        ModelConfig([name + "more than is allowed " * 4 for name in names])
