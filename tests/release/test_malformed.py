"""Whatever a release folder holds: a working model or one line, never another error and never much memory."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amgan.release.folder import CARD_FILE, CONFIG_FILE, METRICS_FILE, SEEDS_FILE, WEIGHTS_FILE
from tests import mutations
from tests.models import message, tiny_model
from tests.mutations import Mutation
from tests.release.reader import Reader

MAX_MEGABYTES = 100
MANY_DIMENSIONS = {"draws": {"dtype": "I32", "shape": [1] * 3000, "data_offsets": [0, 4]}}
HUGE = {"draws": {"dtype": "U8", "shape": [2**34 - 200], "data_offsets": [0, 2**34 - 200]}}

EACH = settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


class Checker:
    """Gives a mutated release to the reader process and judges what comes back."""

    def __init__(self, folder):
        self.sound = folder / "sound"
        tiny_model(index_seeds=3).save_pretrained(self.sound)
        self.files = {name: (self.sound / name).read_bytes() for name in (CONFIG_FILE, WEIGHTS_FILE, SEEDS_FILE)}
        self.folder = folder / "mutated"
        self.reader = Reader(self.sound)

    def check(self, mutation: Mutation) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for name, content in self.files.items():
            (self.folder / name).write_bytes(content)
        with (self.folder / mutation.name).open("wb") as file:
            file.write(mutation.content)
            if mutation.size is not None:
                file.truncate(mutation.size)
        outcome = self.reader.read(self.folder)
        if "broken" in outcome or outcome["megabytes"] > MAX_MEGABYTES:
            self.reader.close()  # the next one starts with a baseline of its own
        assert "broken" not in outcome, outcome["broken"]
        assert outcome["megabytes"] < MAX_MEGABYTES
        if "refused" in outcome:
            text = message(ValueError(outcome["refused"]))
            assert mutation.name in text or WEIGHTS_FILE in text  # a sound config may ask for other weights
        else:
            assert outcome["drawn"]


@pytest.fixture(scope="module")
def checker(tmp_path_factory):
    made = Checker(tmp_path_factory.mktemp("releases"))
    yield made
    made.reader.close()


def test_a_sound_release_is_drawn_from(checker):
    assert checker.reader.read(checker.sound)["drawn"]


@EACH
@given(mutation=mutations.config_mutations())
def test_config(checker, mutation):
    checker.check(mutation)


@EACH
@given(mutation=mutations.metrics_mutations())
def test_metrics(checker, mutation):
    checker.check(mutation)


@pytest.mark.parametrize("name", [WEIGHTS_FILE, SEEDS_FILE])
@EACH
@given(data=st.data())
def test_header(checker, name, data):
    checker.check(data.draw(mutations.header_mutations(name, checker.files[name])))


@EACH
@given(data=st.data())
def test_seeds(checker, data):
    checker.check(data.draw(mutations.seeds_mutations(checker.files[SEEDS_FILE])))


@EACH
@given(data=st.data())
def test_weights(checker, data):
    checker.check(data.draw(mutations.weights_mutations(checker.files[WEIGHTS_FILE])))


@EACH
@given(data=st.data())
def test_single_bytes(checker, data):
    checker.check(data.draw(mutations.byte_mutations(checker.files)))


@pytest.mark.parametrize(
    "mutation",
    [
        Mutation(METRICS_FILE, b"[" + b"[[[[1]]]]," * 149_000 + b"1]"),
        Mutation(METRICS_FILE, b'{"x": 1' + b"0" * 400 + b"}"),
        Mutation(CARD_FILE, b"![" * 100_000),
        Mutation(METRICS_FILE, b"[" * 980 + b"]" * 980),
        Mutation(CONFIG_FILE, b'{"format_version": 1, "class_names": ' + b"[" * 980 + b"]" * 980 + b"}"),
        Mutation(WEIGHTS_FILE, mutations.with_header(b" " * 1_000_001, b"")),
        Mutation(WEIGHTS_FILE, mutations.with_header(HUGE, b""), size=2**34),
        Mutation(SEEDS_FILE, mutations.with_header(MANY_DIMENSIONS, b"1234")),
    ],
    ids=[
        "much JSON",
        "huge number",
        "card without end",
        "deep JSON",
        "deep config",
        "long header",
        "huge file",
        "many dimensions",
    ],
)
def test_what_broke_it_once(checker, mutation):
    checker.check(mutation)
