"""What is asked where nobody wrote a question of their own, in the language of whoever reads it."""

from __future__ import annotations

from functools import cache

from amgan.languages.reading import LANGUAGES, Texts

_NAMES = ("usual_question", "usual_question_pairs")


def usual_question(lang: str, pairs: bool = False) -> str:
    """The usual question in a language.

    Args:
        lang: Its code.
        pairs: That of pairs, of which one is chosen.
    """
    return Texts(lang, "vote")(_NAMES[pairs])


def question_in(lang: str, question: str) -> str:
    """A review's question as a reader of a language is asked it: a usual one in theirs, any other as it was written.

    Args:
        lang: Code of the language.
        question: As the review has it; a usual one is known in any language, since its maker may speak another one.
    """
    name = _usual_ones().get(question)
    return question if name is None else Texts(lang, "vote")(name)


@cache
def _usual_ones() -> dict[str, str]:
    return {Texts(lang, "vote")(name): name for lang in LANGUAGES for name in _NAMES}
