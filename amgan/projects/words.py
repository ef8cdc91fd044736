"""What is said of a project to people, in one language: problems of photos, what a model lacks, what next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from amgan.languages.reading import DEFAULT, Texts
from amgan.projects.feedback import Judged
from amgan.projects.labels import Labels
from amgan.projects.looking import NEAR, Lack, Look
from amgan.projects.problems import Problem
from amgan.projects.runs import Run
from amgan.reviews.report.words import ReportWords, state_of
from amgan.reviews.statistics.outcome import State
from amgan.reviews.titles import run_in, title_in


class ProjectWords:
    """The words of a project in one language, those of the page where it says the same.

    Attributes:
        lang: The language.
        say: Any of the texts of the section "report".
        page: Any of the texts of the section "create".
        results: What results of reviews say.
    """

    def __init__(self, lang: str = DEFAULT, class_texts: Mapping[str, str] = MappingProxyType({})) -> None:
        """Take them.

        Args:
            lang: One of `amgan.languages.reading.LANGUAGES`.
            class_texts: What classes are called to its readers, see `amgan.projects.models`.
        """
        self.lang = lang
        self._class_texts = class_texts
        self.say, self.page = Texts(lang, "report"), Texts(lang, "create")
        self.results = ReportWords(lang, class_texts)

    def called(self, name: str) -> str:
        """What a class is called to the reader, by its own name."""
        return self._class_texts.get(name, name)

    def join(self, *sentences: str) -> str:
        """Sentences that follow each other: languages that write words apart have a space between them."""
        return ("" if self.lang == "ja" else " ").join(sentences)

    def problem(self, problem: Problem, labels: Labels) -> str:
        """What is wrong with photos or classes, and what to do."""
        counts = [f"{self.called(name)}\N{NO-BREAK SPACE}{labels.counts.get(name, 0)}" for name in problem.classes]
        one, other = [*counts, "", ""][:2]
        return self.page(
            f"problem_{problem.kind}",
            count=len(problem.photos),
            classes=self.page("comma").join(counts),
            one=one,
            other=other,
            small=self.called(problem.classes[-1]) if problem.classes else "",
        )

    def copies(self, look: Look) -> str:
        """What the closest pairs say."""
        near, usual = round(look.near * look.pictures), round(NEAR * look.pictures)
        counted = self.page("near_photos", count=near, pictures=look.pictures, usual=usual)
        return self.join(self.page("may_copy" if look.copies else "no_copies"), counted)

    def lack(self, lack: Lack) -> str:
        """What a class lacks."""
        values = {
            "count": round(lack.number),
            "percent": round(100 * lack.number),
            "other": self.called(lack.other) or "–",
        }
        return self.say("of_run", name=self.called(lack.name), what=self.page(f"lack_{lack.kind}", **values))

    def run(self, run: Run) -> str:
        """What was asked of a training, and what became of it."""
        values = {"name": run_in(self.lang, run.folder.name), "planned": self.results.minutes(60 * run.minutes)}
        if not (facts := run.training):
            return self.say("run_without_model", **values)
        return self.say(
            "run_finished" if run.is_finished else "run_unfinished",
            photos=self.page("photos", count=facts.get("pictures", 0)),
            time=self.results.minutes(facts.get("seconds", 0)),
            machine=facts.get("machine"),
            **values,
        )

    def next_step(self, name: str, labels: Labels, runs: Sequence[Run], reviews: Sequence[Judged]) -> str:
        """What would bring a project on, whose folder has that name."""
        if len(labels.counts) < 2:
            return self.say("next_label", command=f"amgan project label {name}")
        if not any(run.model for run in runs):
            return self.say("next_train", command=f"amgan project train {name}")
        if not reviews:
            return self.say("next_ask", command=f"amgan project review {name}")
        review, found = reviews[-1].review, reviews[-1].results
        state = state_of(review.spec, found)
        if found.whole.liked is None or state is State.OPEN:
            return self.say("next_votes", title=title_in(self.lang, review.spec.title))
        if state is State.MET:
            return self.say("next_met")
        worst = min(found.classes, key=lambda group: group.liked.value if group.liked else 1.0)
        return self.say("next_onward", name=self.called(worst.name), command=f"amgan project train {name} --with-votes")
