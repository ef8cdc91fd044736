"""What classes are called in other languages, as anyone may have written it into a card."""

from __future__ import annotations

import os
import time

import pytest

from amgan.model import AMGAN
from amgan.networks.config import MAX_CLASS_NAME_LENGTH
from amgan.release.card_file import MAX_CARD_BYTES
from amgan.release.class_translations import MAX_BYTES, read_class_translations, without_class_translations
from amgan.release.folder import CARD_FILE
from tests.models import NAMES, saved

SECONDS = 20
"""The worst that a card costs is a tenth of it on a quiet machine."""


@pytest.fixture
def found(tmp_path):
    def found(block, names=NAMES, head="library_name: amgan\n", tail="tags:\n- gan\n"):
        file = tmp_path / CARD_FILE
        file.write_text(f"---\n{head}{block}\n{tail}---\n\n# A model\n", encoding="utf-8")
        return read_class_translations(file, names)

    return found


WHOLE = {"ja": {"Sneaker": "スニーカー", "Bag": "バッグ", "Ankle boot": "ショートブーツ"}}


@pytest.mark.parametrize(
    "block",
    [
        "class_names: {ja: {Sneaker: スニーカー, Bag: バッグ, Ankle boot: ショートブーツ}}",
        "class_names:\n  ja:\n    Sneaker: スニーカー\n    # mine\n    Bag: 'バッグ'\n\n    Ankle boot: ショートブーツ",
        'class_names:\n    ja: {"Sneaker": "スニーカー",\n      Bag: バッグ, "Ankle boot": ショートブーツ}',
    ],
)
def test_it_is_read_wherever_it_stands(found, block):
    assert found(block) == WHOLE
    assert found(block, head="") == WHOLE
    assert found(block, tail="") == WHOLE


def test_some_classes_and_several_languages(found):
    assert found("class_names: {ja: {Bag: バッグ}, pt-BR: {Bag: Bolsa, Sneaker: Tênis}}") == {
        "ja": {"Bag": "バッグ"},
        "pt-BR": {"Bag": "Bolsa", "Sneaker": "Tênis"},
    }


def test_classes_that_yaml_would_take_for_something_else(found):
    names = ("no", "1", "null", "2001-01-01")
    assert found("class_names: {ja: {no: いいえ, 1: 一, null: 零, 2001-01-01: 元日}}", names) == {
        "ja": {"no": "いいえ", "1": "一", "null": "零", "2001-01-01": "元日"}
    }


@pytest.mark.parametrize(
    "text",
    ["''", "' '", '"a\\nb"', '"a\\tb"', '"a\\0b"', '"\\u202Ebag"', '"ba\\u200Bg"', '"\\u2028"', "[a]", "{a: b}",
     "x" * (MAX_CLASS_NAME_LENGTH + 1), "Bag"],
)  # fmt: skip
def test_what_is_no_text_for_a_class_is_left_out(found, text):
    assert found(f"class_names: {{ja: {{Bag: {text}, Sneaker: スニーカー}}}}") == {"ja": {"Sneaker": "スニーカー"}}


def test_classes_of_other_models_are_left_out(found):
    assert found("class_names: {ja: {Dress: ワンピース, bag: 小さい, Bag: バッグ}}") == {"ja": {"Bag": "バッグ"}}
    assert found("class_names: {ja: {Dress: ワンピース}}") == {}


@pytest.mark.parametrize("texts", ["Bag: 靴, Sneaker: 靴", "Bag: Sneaker", "Bag: 'か\u3099', Sneaker: が"])
def test_two_classes_are_never_shown_alike(found, texts):
    assert found(f"class_names: {{ja: {{{texts}}}, ko: {{Bag: 가방}}}}") == {"ko": {"Bag": "가방"}}


def test_two_classes_may_change_their_names(found):
    assert found("class_names: {xx: {Bag: Sneaker, Sneaker: Bag}}") == {"xx": {"Bag": "Sneaker", "Sneaker": "Bag"}}


BOMB = "class_names:\n  a: &a {x: y}\n" + "".join(
    f"  {new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "block",
    [
        "class_names:",
        "class_names: ja",
        "class_names: [ja, en]",
        "class_names: {ja: Bag}",
        "class_names: {ja: [Bag]}",
        "class_names: {'': {Bag: a}, '../ja': {Bag: a}, JA: {Bag: a}, 'j a': {Bag: a}}",
        "class_names: {ja: {Bag: バッグ",
        "class_names: {[ja]: {Bag: バッグ}}",
        "class_names: {ja: {Bag: バッグ}}\nclass_names: {ja: {Bag: 鞄}}",
        "  class_names: {ja: {Bag: バッグ}}",
        "class_names: &names {ja: {Bag: バッグ}, ko: *names}",
        "class_names: {ja: &ja {Bag: バッグ}, ko: *ja}",
        "class_names: {ja: {<<: {Bag: バッグ}}}",
        "class_names: !!python/object/apply:os.system ['exit 1']",
        "class_names: {ja: {Bag: \x01}}",
        BOMB,
        "class_names: " + "[" * 10_000,
        "class_names: " + "{a: " * 10_000,
        "class_names: {ja: {" + "a, " * 15_000,
        "class_names:\n " + "? " * 20_000,
        "class_names:\n" + " \n" * 50_000,
        "class_names: {ja: {Bag: バッグ}} #" + "x" * MAX_BYTES,
    ],
)
def test_what_is_malformed_is_no_translation_and_no_error(found, block):
    started = time.process_time()
    assert found(block) == {}
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    "content",
    [
        b"", b"---", b"---\n", b"# no front matter\nclass_names: {ja: {Bag: a}}\n",
        b"---\nclass_names: {ja: {Bag: a}}\n", b"text\n---\nclass_names: {ja: {Bag: a}}\n---\n", b"\xff\xfe\0" * 999,
        b"---\n" + b"x: y\n" * MAX_CARD_BYTES + b"class_names: {ja: {Bag: a}}\n---\n",
    ],
)  # fmt: skip
def test_a_card_without_it(tmp_path, content):
    (tmp_path / CARD_FILE).write_bytes(content)
    assert read_class_translations(tmp_path / CARD_FILE, NAMES) == {}


def test_what_is_no_file(tmp_path):
    assert read_class_translations(tmp_path / "none", NAMES) == {}
    assert read_class_translations(tmp_path, NAMES) == {}
    os.mkfifo(tmp_path / "pipe")
    assert read_class_translations(tmp_path / "pipe", NAMES) == {}


def test_a_card_as_if_it_were_not_there():
    card = "---\nlicence: x\n{}tags:\n- gan\n---\n\nclass_names: this is prose\n"
    for block in ("class_names: {ja: {Bag: a}}\n", "class_names:\n  ja:\n    Bag: a\n", ""):
        assert without_class_translations(card.format(block)) == card.format("")
    assert without_class_translations("class_names:\n") == "class_names:\n"


def test_a_model_keeps_it_and_its_names_stay(tmp_path):
    folder = saved(tmp_path / "model")
    before = AMGAN.from_pretrained(folder)
    card = folder / CARD_FILE
    card.write_text(card.read_text().replace("---\n", "---\nclass_names: {ja: {Bag: バッグ}}\n", 1), encoding="utf-8")
    after = AMGAN.from_pretrained(folder)
    assert after.class_translations == {"ja": {"Bag": "バッグ"}}
    assert after.class_names_in("ja") == ("Sneaker", "バッグ", "Ankle boot")
    assert after.class_names_in("en") == after.class_names == before.class_names == NAMES
    assert after.revision == before.revision
    assert (after.sample("Bag", 3) == before.sample("Bag", 3)).all()
    after.save_pretrained(tmp_path / "again")
    assert AMGAN.from_pretrained(tmp_path / "again").class_translations == after.class_translations
