"""The results of a review in plain words: what they mean, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from amgan.reviews.report.results import Group, Results, model_name
from amgan.reviews.review_spec import ReviewSpec
from amgan.reviews.statistics.agreement import RELIABLE, TENTATIVE
from amgan.reviews.statistics.outcome import LEAST_REVIEWERS, Need, Outcome, State, every, still_needed
from amgan.reviews.statistics.preference import EVEN, Preference, Winner
from amgan.reviews.statistics.share import Share
from amgan.reviews.statistics.threshold import Prediction, Step
from amgan.reviews.text import count

MOST_DECIMALS = 3
"""So many are shown at most; who is nearer to a target than that is on it."""


def percent(value: float, target: float | None = None) -> str:
    """A share from 0 to 1 as "41 %"; with more decimals where rounding would put it on the target's other side."""
    return f"{_digits(value, target)} %"


def goal(target: float) -> str:
    """A target from 0 to 1 as "60 %", as it was set."""
    return f"{100 * target:g} %"


def of_votes(share: Share, target: float | None = None) -> str:
    """A share as "41 % (12 of 29)"."""
    return f"{percent(share.value, target)} ({share.hits} of {share.count})"


def interval(share: Share, target: float | None = None) -> str:
    """Its interval as "26 to 59 %"."""
    return f"{_digits(share.low, target)} to {percent(share.high, target)}"


def minutes(seconds: float) -> str:
    """A time as "3 minutes"."""
    whole = round(seconds / 60)
    return "less than a minute" if whole < 1 else count(whole, "minute")


def sides(spec: ReviewSpec) -> tuple[str, str]:
    """What the two sides of a review's pairs are called: their models if each side has one."""
    names = []
    for side, fallback in (("a", "the first pictures"), ("b", "the second pictures")):
        models = {model_name(getattr(item, side)) for item in spec.items}
        names.append(models.pop() if len(models) == 1 else fallback)
    return names[0], names[1]


def state_of(spec: ReviewSpec, results: Results) -> State | None:
    """Whether the target is met: of single pictures in every class, of pairs on the whole. None without a target."""
    if spec.target is None:
        return None
    return every([results.whole.outcome] if spec.is_pairs else [group.outcome for group in results.classes])


def headline(spec: ReviewSpec, results: Results) -> str:
    """The most important thing in one sentence, and how many people say it."""
    people = count(sum(reviewer.votes > 0 for reviewer in results.reviewers), "person")
    if results.whole.liked is None:
        same = count(results.whole.same, "vote")
        return (
            "Nobody has voted yet."
            if not results.whole.same
            else f"Everybody finds both pictures as good so far, in {same} of {people}."
        )
    if results.preference is not None:
        return _winner_words(spec, results.preference, results.whole.liked, people)
    state = state_of(spec, results)
    if state is None:
        return f"{of_votes(results.whole.liked)} of the votes of {people} {_are_for(spec)}."
    wanted = f"At least {goal(spec.target or 0)} {_liked_word(spec)} in every class"
    return f"{wanted}: {state.value}, by the votes of {people}."


def target_lines(spec: ReviewSpec, results: Results) -> list[str]:
    """What holds for the target, each class named once; empty without a target."""
    if spec.target is None or results.whole.liked is None:
        return []
    if spec.is_pairs:
        told = results.whole.outcome
        name = sides(spec)[1]
        return [f"At least {goal(spec.target)} of the choices for {name}: {outcome_words(told)}."] if told else []
    lines = [
        _listed("Not met", spec.target, [g for g in results.classes if g.outcome == Outcome(False, True)]),
        _listed(
            "Not met so far, but more pictures or votes may change that",
            spec.target,
            [g for g in results.classes if g.outcome == Outcome(False, False)],
        ),
        _listed(
            "Met so far, but more pictures or votes may change that",
            spec.target,
            [g for g in results.classes if g.outcome == Outcome(True, False)],
        ),
        _listed("Met", spec.target, [g for g in results.classes if g.outcome == Outcome(True, True)]),
    ]
    if silent := [group.name for group in results.classes if group.outcome is None]:
        lines.append(f"No votes yet: {', '.join(silent)}.")
    return [line for line in lines if line]


def outcome_words(told: Outcome | None) -> str:
    """What a share of votes means against the target: the rule of the votes so far, and whether doubt is left."""
    if told is None:
        return "no votes yet"
    if told.certain:
        return told.state.value
    return f"{'met' if told.so_far else 'not met'} so far, {State.OPEN.value}"


def next_lines(spec: ReviewSpec, results: Results) -> list[str]:
    """What more would tell what is open."""
    if results.preference is not None:
        found = results.preference
        lines = [_people_line(found.people_needed, "chose")] if found.people_needed and not found.mostly_same else []
        if found.pairs_needed:
            more = count(found.pairs_needed, "more pair")
            lines.append(f"If it goes on like this, about {more} would tell who wins.")
        return lines
    needs: list[tuple[Need, str]] = []
    for group in results.classes:
        if spec.target is not None and group.liked is not None and group.outcome and not group.outcome.certain:
            need = still_needed(group.liked, spec.target)
            if need is not None:
                needs.append((need, group.name))
    people = {name: need.count for need, name in needs if need.noun == "person"}
    everywhere = len(people) == sum(group.outcome is not None for group in results.classes)
    lines = [_people_line(max(people.values()), "voted", () if everywhere else list(people))] if people else []
    rest = sorted(
        (need.count, f"{name} {count(need.count, need.noun)}") for need, name in needs if need.noun != "person"
    )
    named = ", ".join(words for _, words in rest)
    return [*lines, f"More that would tell, if it goes on like this: {named}."] if named else lines


def agreement_line(results: Results) -> str:
    """Whether the reviewers agree."""
    found = results.agreement
    if found.alpha is None:
        return f"Whether reviewers agree cannot be told: {found.reason}."
    if found.alpha >= RELIABLE:
        words = "The reviewers agree well"
    elif found.alpha >= TENTATIVE:
        words = "The reviewers agree fairly, enough for tentative conclusions"
    elif found.alpha > 0:
        words = "The reviewers often disagree, so this is a matter of taste or the question is not clear"
    else:
        words = "The reviewers agree no more than by chance"
    on = f"{count(found.items, 'item')} that two or more of {found.reviewers} people judged"
    return f"{words} (Krippendorff's alpha {found.alpha:.2f}, on {on})."


def prediction_line(prediction: Prediction) -> str:
    """How well D's confidence predicts what people keep."""
    if prediction.auc is None:
        return "All votes are the same so far, so nothing can be said of D's confidence."
    if prediction.auc >= 0.8:
        words = "D's confidence predicts well what people keep"
    elif prediction.auc >= 0.65:
        words = "D's confidence predicts to some degree what people keep"
    elif prediction.auc > 0.55:
        words = "D's confidence hardly predicts what people keep"
    else:
        words = "D's confidence does not predict what people keep"
    return (
        f"{words}: it is higher on the kept one of {percent(prediction.auc)} of all pairs of a kept and a rejected one."
    )


def recommendation_line(prediction: Prediction, target: float | None) -> str:
    """Which least confidence to set, and why."""
    found = prediction.recommendation
    if found is None:
        return "There are too few votes to recommend a least confidence."
    step = found.step
    gains = f"{of_votes(step.kept)} of the votes keep what is left, {percent(step.pictures_left)} of the pictures"
    wanted = "" if target is None else goal(target)
    start = f"From a confidence of {step.confidence:g} on, {wanted} are kept"
    as_drawn = _as_drawn(prediction.floors)
    so_far, doubt = ("", "") if found.certain else (" so far", "; more pictures or votes may change that")
    return {
        "already": f"{as_drawn}, {wanted} are kept in every class{so_far or ' already'}{doubt}.",
        "every class": f"{start} in every class{so_far}: {gains}{doubt}.",
        "on the whole": f"{start} over all classes together{so_far}, though not in each for certain: {gains}{doubt}.",
        "nearest": f"No confidence is seen to reach {wanted} in every class; {step.confidence:g} comes nearest: "
        f"{gains}.",
        "best": f"A least confidence of {step.confidence:g} raises the share kept most: {gains}.",
        "no gain": "A higher confidence is not sure to raise the share kept, or leaves a class without pictures; so "
        "leave it as it is.",
    }[found.reached]


def step_words(prediction: Prediction, step: Step) -> str:
    """A threshold in the table of them: "0.8", or of the first one how the pictures were drawn."""
    if step is not prediction.steps[0]:
        return f"{step.confidence:g}"
    if len(prediction.floors) > 1:
        return "as drawn"
    return f"{step.confidence:g}, as drawn" if step.confidence else "none"


def verdict_words(verdict: str, names: tuple[str, str]) -> str:
    """What a vote said, such as "kept" or "4 stars"; of pairs by the names of their `sides`."""
    if verdict in ("a", "b"):
        return f"for {names[verdict == 'b']}"
    if verdict.isdigit():
        return count(int(verdict), "star")
    return {"keep": "kept", "reject": "rejected", "same": "both as good", "skip": "skipped"}[verdict]


def _as_drawn(floors: Sequence[float]) -> str:
    if len(floors) > 1:
        others = "the others without one" if not floors[0] else f"the least at {floors[0]:g}"
        return f"As the pictures were drawn, some at a confidence of {floors[-1]:g}, {others}"
    return (
        f"At the confidence of {floors[0]:g} that they were drawn with" if floors[0] else "Without a least confidence"
    )


def _people_line(needed: int, did: str, names: Sequence[str] = ()) -> str:
    where = f" for {', '.join(names)}" if names else ""
    return (
        f"Nothing is certain before {LEAST_REVIEWERS} people {did}, as it may be a matter of taste: "
        f"{needed} more {'is' if needed == 1 else 'are'} needed{where}."
    )


def _winner_words(spec: ReviewSpec, found: Preference, for_b: Share, people: str) -> str:
    a, b = sides(spec)
    same = f"{count(found.same, 'vote')} found both as good"
    split = f"{b} is ahead in {count(found.b, 'pair')}, {a} in {found.a}"
    if found.mostly_same:
        return f"No difference to most of {people}: {same}, {found.choices} chose one; {split}."
    chosen = f"{of_votes(for_b, EVEN)} of the choices are for {b}"
    if found.ahead is Winner.NEITHER:
        return f"No difference can be told yet by {people}: {split}; {chosen}; {same}."
    better, pairs, share = (b, found.b, for_b) if found.ahead is Winner.B else (a, found.a, for_b.others)
    if found.people_needed:
        return f"{better} is ahead with {people}, not for certain yet: {split}; {chosen}; {same}."
    chance = "p < 0.001" if found.chance < 0.001 else f"p = {found.chance:.3g}"
    return (
        f"{better} wins with {people}: ahead in {pairs} of {count(found.a + found.b, 'pair')} that differ "
        f"(sign test, {chance}), with {of_votes(share)} of the choices; {same}."
    )


def _listed(what: str, target: float, groups: Sequence[Group]) -> str:
    shown = [f"{group.name} {of_votes(group.liked, target)}" for group in groups if group.liked is not None]
    return f"{what}: {', '.join(shown)}." if shown else ""


def _liked_word(spec: ReviewSpec) -> str:
    return "kept" if spec.scale == "keep" else "given 4 stars or more"


def _are_for(spec: ReviewSpec) -> str:
    return "are for keeping the picture" if spec.scale == "keep" else "give 4 stars or more"


def _digits(value: float, target: float | None) -> str:
    texts = [f"{100 * value:.{decimals}f}" for decimals in range(MOST_DECIMALS + 1)]
    if target is None:
        return texts[0]
    # The target in percent may lie a little beside what it was meant as: 0.55 becomes 55.00000000000001.
    right = (text for text in texts if (float(text) >= round(100 * target, 9)) == (value >= target))
    return next(right, texts[-1])
