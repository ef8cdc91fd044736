"""The results of a review in plain words: what they mean, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from amgan.languages.reading import DEFAULT, Texts
from amgan.reviews.report.results import Group, Results, model_name
from amgan.reviews.review_spec import SEVERAL_CLASSES, Item, ReviewSpec
from amgan.reviews.statistics.agreement import RELIABLE, TENTATIVE
from amgan.reviews.statistics.outcome import LEAST_REVIEWERS, Need, Outcome, State, every, still_needed
from amgan.reviews.statistics.participation import Reviewer
from amgan.reviews.statistics.preference import EVEN, Preference, Winner
from amgan.reviews.statistics.share import Share
from amgan.reviews.statistics.threshold import Prediction, Step
from amgan.reviews.titles import model_in

MOST_DECIMALS = 3
"""So many are shown at most; who is nearer to a target than that is on it."""

_STATES = {State.MET: "met", State.NOT_MET: "not_met", State.OPEN: "not_certain"}


def state_of(spec: ReviewSpec, results: Results) -> State | None:
    """Whether the target is met: of single pictures in every class, of pairs on the whole. None without a target."""
    if spec.target is None:
        return None
    return every([results.whole.outcome] if spec.is_pairs else [group.outcome for group in results.classes])


class ReportWords:
    """What results say, in one language.

    Attributes:
        say: Any of the texts of the section "results".
    """

    def __init__(self, lang: str = DEFAULT, class_texts: Mapping[str, str] = MappingProxyType({})) -> None:
        """Take them.

        Args:
            lang: One of `amgan.languages.reading.LANGUAGES`.
            class_texts: What classes are called to its readers, by their own names; those not in it have these.
        """
        self.lang = lang
        self._class_texts = class_texts
        self.say = Texts(lang, "results")

    def percent(self, value: float, target: float | None = None) -> str:
        """A share from 0 to 1 as "41 %"; with more decimals where rounding would put it on the target's other side."""
        return self.say("percent", number=_digits(value, target))

    def goal(self, target: float) -> str:
        """A target from 0 to 1 as "60 %", as it was set."""
        return self.say("percent", number=f"{100 * target:g}")

    def of_votes(self, share: Share, target: float | None = None) -> str:
        """A share as "41 % (12 of 29)"."""
        return self.say("of_votes", percent=self.percent(share.value, target), hits=share.hits, count=share.count)

    def interval(self, share: Share, target: float | None = None) -> str:
        """Its interval as "26 to 59 %"."""
        return self.say("interval", low=_digits(share.low, target), high=_digits(share.high, target))

    def minutes(self, seconds: float) -> str:
        """A time as "3 minutes"."""
        whole = round(seconds / 60)
        return self.say("no_minute") if whole < 1 else self.say("minutes", count=whole)

    def size(self, spec: ReviewSpec) -> str:
        """How long a review is, as "12 pictures" or "1 pair"."""
        return self.say("pairs" if spec.is_pairs else "pictures", count=len(spec.items))

    def label(self, item: Item) -> str:
        """The class that an item stands for, or that there are two."""
        return self.group(item.class_words)

    def group(self, name: str) -> str:
        """What a group of results is called."""
        return self.say("classes_differ") if name == SEVERAL_CLASSES else self._class_texts.get(name, name)

    def person(self, reviewer: Reviewer) -> str:
        """What a reviewer is called: by the name given, or else by number."""
        return reviewer.name or self.say("reviewer", number=reviewer.number)

    def model(self, spec: ReviewSpec, name: str) -> str:
        """What a model is called in the results of a review, by the name that they have for it."""
        return model_in(self.lang, spec.title, name)

    def sides(self, spec: ReviewSpec) -> tuple[str, str]:
        """What the two sides of a review's pairs are called: their models if each side has one."""
        names = []
        for side, fallback in (("a", "first_pictures"), ("b", "second_pictures")):
            models = {model_name(getattr(item, side)) for item in spec.items}
            names.append(self.model(spec, models.pop()) if len(models) == 1 else self.say(fallback))
        return names[0], names[1]

    def headline(self, spec: ReviewSpec, results: Results) -> str:
        """The most important thing in one sentence, and how many people say it."""
        people = self.say("people", count=sum(reviewer.votes > 0 for reviewer in results.reviewers))
        if results.whole.liked is None:
            if not results.whole.same:
                return self.say("nobody")
            return self.say("everybody_same", votes=self.say("votes", count=results.whole.same), people=people)
        if results.preference is not None:
            return self._winner(spec, results.preference, results.whole.liked, people)
        state, scale = state_of(spec, results), spec.scale
        if state is None:
            return self.say(f"headline_{scale}", share=self.of_votes(results.whole.liked), people=people)
        goal = self.goal(spec.target or 0)
        return self.say(f"headline_goal_{scale}", goal=goal, state=self.say(_STATES[state]), people=people)

    def target_lines(self, spec: ReviewSpec, results: Results) -> list[str]:
        """What holds for the target, each class named once; empty without a target."""
        if spec.target is None or results.whole.liked is None:
            return []
        if spec.is_pairs:
            told = results.whole.outcome
            values = {"goal": self.goal(spec.target), "name": self.sides(spec)[1], "outcome": self.outcome(told)}
            return [self.say("goal_pairs", **values)] if told else []
        lines = [
            self._listed(name, spec.target, [group for group in results.classes if group.outcome == told])
            for name, told in (
                ("listed_not_met", Outcome(False, True)),
                ("listed_not_met_so_far", Outcome(False, False)),
                ("listed_met_so_far", Outcome(True, False)),
                ("listed_met", Outcome(True, True)),
            )
        ]
        if silent := [self.group(group.name) for group in results.classes if group.outcome is None]:
            lines.append(self.say("listed_silent", groups=self.say("comma").join(silent)))
        return [line for line in lines if line]

    def outcome(self, told: Outcome | None) -> str:
        """What a share of votes means against the target: the rule of the votes so far, and whether doubt is left."""
        if told is None:
            return self.say("no_votes")
        if told.certain:
            return self.say(_STATES[told.state])
        return self.say("met_so_far" if told.so_far else "not_met_so_far")

    def next_lines(self, spec: ReviewSpec, results: Results) -> list[str]:
        """What more would tell what is open."""
        if results.preference is not None:
            found = results.preference
            lines = (
                [self._people("chose", found.people_needed)] if found.people_needed and not found.mostly_same else []
            )
            if found.pairs_needed:
                lines.append(self.say("more_pairs", count=found.pairs_needed))
            return lines
        needs: list[tuple[Need, str]] = []
        for group in results.classes:
            if spec.target is not None and group.liked is not None and group.outcome and not group.outcome.certain:
                need = still_needed(group.liked, spec.target)
                if need is not None:
                    needs.append((need, self.group(group.name)))
        people = {name: need.count for need, name in needs if need.noun == "person"}
        everywhere = len(people) == sum(group.outcome is not None for group in results.classes)
        lines = [self._people("voted", max(people.values()), () if everywhere else list(people))] if people else []
        rest = sorted(
            (need.count, self.say(f"need_{need.noun}s", name=name, count=need.count))
            for need, name in needs
            if need.noun != "person"
        )
        named = self.say("comma").join(words for _, words in rest)
        return [*lines, self.say("more_needs", needs=named)] if named else lines

    def agreement_line(self, results: Results) -> str:
        """Whether the reviewers agree."""
        found = results.agreement
        if found.alpha is None:
            return self.say("agree_untold", reason=self.say("agree_all_same" if found.items else "agree_no_two"))
        if found.alpha >= RELIABLE:
            verdict = "agree_well"
        elif found.alpha >= TENTATIVE:
            verdict = "agree_fairly"
        else:
            verdict = "agree_little" if found.alpha > 0 else "agree_not"
        return self.say(
            "agree_line", verdict=self.say(verdict), alpha=f"{found.alpha:.2f}",
            items=self.say("items", count=found.items), reviewers=found.reviewers,
        )  # fmt: skip

    def prediction_line(self, prediction: Prediction) -> str:
        """How well D's confidence predicts what people keep."""
        if prediction.auc is None:
            return self.say("predict_untold")
        if prediction.auc >= 0.8:
            verdict = "predict_well"
        elif prediction.auc >= 0.65:
            verdict = "predict_fairly"
        else:
            verdict = "predict_hardly" if prediction.auc > 0.55 else "predict_not"
        return self.say("predict_line", verdict=self.say(verdict), share=self.percent(prediction.auc))

    def recommendation_line(self, prediction: Prediction, target: float | None) -> str:
        """Which least confidence to set, and why."""
        found = prediction.recommendation
        if found is None:
            return self.say("recommend_few")
        step = found.step
        name = {"every class": "every", "on the whole": "whole", "no gain": "no_gain"}.get(found.reached, found.reached)
        so_far = "" if found.certain else self.say("so_far")
        if found.reached == "already":
            so_far = so_far or self.say("already")
        return self.say(
            f"recommend_{name}",
            as_drawn=self._as_drawn(prediction.floors),
            confidence=f"{step.confidence:g}",
            goal="" if target is None else self.goal(target),
            gains=self.say("gains", share=self.of_votes(step.kept), left=self.percent(step.pictures_left)),
            so_far=so_far,
            doubt="" if found.certain else self.say("doubt"),
        )

    def step(self, prediction: Prediction, step: Step) -> str:
        """A threshold in the table of them: "0.8", or of the first one how the pictures were drawn."""
        if step is not prediction.steps[0]:
            return f"{step.confidence:g}"
        if len(prediction.floors) > 1:
            return self.say("step_as_drawn")
        return self.say("step_first", confidence=f"{step.confidence:g}") if step.confidence else self.say("step_none")

    def verdict(self, verdict: str, names: tuple[str, str]) -> str:
        """What a vote said, such as "kept" or "4 stars"; of pairs by the names of their `sides`."""
        if verdict in ("a", "b"):
            return self.say("said_for", name=names[verdict == "b"])
        if verdict.isdigit():
            return self.say("stars", count=int(verdict))
        return self.say(f"said_{verdict}")

    def _as_drawn(self, floors: Sequence[float]) -> str:
        least, most = f"{floors[0]:g}", f"{floors[-1]:g}"
        if len(floors) > 1:
            return self.say("drawn_some" if floors[0] else "drawn_some_without", least=least, most=most)
        return self.say("drawn_at", least=least) if floors[0] else self.say("drawn_without")

    def _people(self, did: str, needed: int, names: Sequence[str] = ()) -> str:
        name = f"people_{did}_for" if names else f"people_{did}"
        return self.say(name, least=LEAST_REVIEWERS, count=needed, names=self.say("comma").join(names))

    def _winner(self, spec: ReviewSpec, found: Preference, for_b: Share, people: str) -> str:
        a, b = self.sides(spec)
        values = {
            "people": people,
            "same": self.say("found_same", count=found.same),
            "split": self.say("split", a=a, b=b, pairs=self.say("pairs", count=found.b), count=found.a),
        }
        if found.mostly_same:
            return self.say("mostly_same", choices=found.choices, **values)
        values["chosen"] = self.say("chosen", share=self.of_votes(for_b, EVEN), name=b)
        if found.ahead is Winner.NEITHER:
            return self.say("no_difference", **values)
        better, pairs, share = (b, found.b, for_b) if found.ahead is Winner.B else (a, found.a, for_b.others)
        if found.people_needed:
            return self.say("ahead", better=better, **values)
        chance = "p < 0.001" if found.chance < 0.001 else f"p = {found.chance:.3g}"
        differ = self.say("pairs", count=found.a + found.b)
        return self.say(
            "wins", better=better, count=pairs, pairs=differ, chance=chance, share=self.of_votes(share), **values
        )

    def _listed(self, name: str, target: float, groups: Sequence[Group]) -> str:
        shown = [
            self.say("listed_group", name=self.group(group.name), share=self.of_votes(group.liked, target))
            for group in groups
            if group.liked is not None
        ]
        return self.say(name, groups=self.say("comma").join(shown)) if shown else ""


def _digits(value: float, target: float | None) -> str:
    texts = [f"{100 * value:.{decimals}f}" for decimals in range(MOST_DECIMALS + 1)]
    if target is None:
        return texts[0]
    # The target in percent may lie a little beside what it was meant as: 0.55 becomes 55.00000000000001.
    right = (text for text in texts if (float(text) >= round(100 * target, 9)) == (value >= target))
    return next(right, texts[-1])
