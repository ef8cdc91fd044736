"""Releases of a running training go up to the Hub in the background; the training never waits for the network.

What waits is pushed in the order of its steps, one commit and one tag `step-0010000` each, before anything newer. A
failed push is tried again with the next release, every five minutes, at the end, and by a resumed run. A step whose tag
is there already is not pushed again, as tags are never moved; if the last step is one that another training tagged, its
release goes up without a tag.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from types import TracebackType

from rich.console import Console

from amgan.console import say
from amgan.errors import PublishError, ReleaseError, one_line
from amgan.hub.publishing import PushedRelease, prepare_repository, push_release
from amgan.training.unpushed import MAX_WAITING, OwnTags, UnpushedReleases, step_of, step_tag

RETRY_SECONDS = 300.0
LAST_PUSH_SECONDS = 120.0
"""How long the end of a training waits for its last push."""


class BackgroundPusher:
    """Pushes releases from a thread of its own; a context whose end waits a bounded time for the last push."""

    def __init__(self, repo_id: str, private: bool, out: Path, console: Console) -> None:
        """Push to "user/name".

        Args:
            repo_id: The repository, made if it is not there.
            private: Make it private; nothing is pushed to one that is public.
            out: Folder of the run.
            console: Where each push and each failure is said in one line.
        """
        self._repo_id = repo_id
        self._private = private
        self._console = console
        self._unpushed = UnpushedReleases(out)
        self._lost: dict[str, str] = {}
        self._pushed = self._there_before = 0
        # The thread answers requests by rounds: a round that begins after a request counts as its answer.
        self._changed = threading.Condition()
        self._asked = self._answered = 0
        self._closing = False
        # Tags of the repository, from when it was found fit to the next failure; those that were tried; what was said.
        self._tags: frozenset[str] | None = None
        self._tried: set[str] = set()
        self._own = OwnTags(out)
        self._failure = ""
        self._said: tuple[str, int] | None = None
        self._ready_said = False
        self._thread = threading.Thread(target=self._work, name="pushing", daemon=True)

    def __enter__(self) -> BackgroundPusher:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish(0.0 if kind is KeyboardInterrupt else LAST_PUSH_SECONDS)

    def add(self, release: Path, step: int) -> None:
        """Let a step's release go up; returns as soon as it is copied. What cannot be copied is said, not raised."""
        tag = step_tag(step)
        try:
            gave_way = self._unpushed.add(release, tag)
        except OSError as error:
            self._lose(tag, f"not copied ({one_line(error)})")
        else:
            if gave_way:
                self._lose(gave_way, f"not published (gave way, as no more than {MAX_WAITING} wait)")
        self._ask()

    def _finish(self, seconds: float) -> None:
        seconds = seconds if self._unpushed.tags else 0.0
        if seconds:
            say(
                self._console,
                f"Waiting at most {seconds:.0f} s for the last push to {self._repo_id}; Ctrl-C ends the waiting",
            )
        wanted = self._ask(closing=True)
        with self._changed, contextlib.suppress(KeyboardInterrupt):
            self._changed.wait_for(lambda: self._answered >= wanted, seconds)
        say(self._console, self._summary())

    def _ask(self, closing: bool = False) -> int:
        with self._changed:
            self._closing = closing
            self._asked += 1
            self._changed.notify_all()
            return self._asked

    def _work(self) -> None:
        while True:
            with self._changed:
                asked = self._asked
            self._push_all()
            with self._changed:
                self._answered = asked
                self._changed.notify_all()
                if self._asked == asked:
                    if self._closing:
                        return
                    self._changed.wait(RETRY_SECONDS)

    def _push_all(self) -> None:
        # The first failure ends the round: the newest must be pushed last, or the main branch would step back.
        try:
            if self._tags is None:
                self._tags = prepare_repository(self._repo_id, private=self._private)
                self._say_ready(self._tags)
            while tag := self._unpushed.take():
                if tag not in self._tags:
                    self._push(tag)
                    continue
                if tag not in self._own and self._unpushed.tags == [tag]:
                    # Of another training. Without a newer release this one is what the run has to show.
                    if not self._closing:
                        self._unpushed.put_back()
                        return
                    self._push(tag, is_taken=True)
                    continue
                if tag in self._tried:  # by an attempt whose answer got lost
                    self._pushed += 1
                else:
                    self._there_before += 1
                self._unpushed.remove(tag)
        except Exception as error:  # whatever it is, the training goes on
            self._unpushed.put_back()
            self._tags = None  # it may have got there after all
            self._failure = self._reason(error)
            self._say_failure()

    def _push(self, tag: str, is_taken: bool = False) -> None:
        title = f"Step {step_of(tag)} of a training"
        folder = self._unpushed.folder / tag
        if not is_taken:
            self._tried.add(tag)
            self._own.add(tag)
        try:
            pushed = push_release(
                folder, self._repo_id, private=self._private, tag=None if is_taken else tag, title=title
            )
        except ReleaseError as error:  # no later attempt will find it sound
            self._lose(tag, f"not published ({self._reason(error)})")
            self._unpushed.remove(tag)
            return
        self._tried.discard(tag)
        self._tags = (self._tags or frozenset()) | {tag}
        self._pushed += 1
        self._failure, self._said = "", None
        self._say_pushed(tag, pushed, is_taken)
        self._unpushed.remove(tag)  # last: who finds nothing waiting finds all counted

    def _lose(self, tag: str, reason: str) -> None:
        self._lost[tag] = reason
        say(self._console, f"{self._repo_id}, {tag}: {reason}; training goes on")

    def _reason(self, error: Exception) -> str:
        text = one_line(error).removeprefix(f"{self._repo_id}: ").replace(f"{self._unpushed.folder}/", "")
        return text if isinstance(error, (PublishError, ReleaseError)) else f"not published ({text})"

    def _say_ready(self, tags: frozenset[str]) -> None:
        if self._ready_said:
            return
        self._ready_said = True
        steps = [step for tag in tags if (step := step_of(tag)) is not None]
        there = f", where steps up to {max(steps)} are tagged; those there are not pushed again" if steps else ""
        say(self._console, f"Pushing to {self._repo_id}{there}")

    def _say_pushed(self, tag: str, pushed: PushedRelease, is_taken: bool) -> None:
        kept = "; its card was edited there and is kept" if pushed.card_kept else ""
        what = f"step {step_of(tag)}" if is_taken else tag
        untagged = f" without a tag, as {tag} there is of another training" if is_taken else ""
        say(self._console, f"Pushed {what} to {pushed.url} (commit {pushed.commit[:8]}){untagged}{kept}")

    def _say_failure(self) -> None:
        # Once for each reason and release, not every five minutes of a night; the summary says the last one.
        waiting = self._unpushed.tags
        if self._closing or self._said == (self._failure, len(waiting)):
            return
        self._said = (self._failure, len(waiting))
        wait = f"{_listed(waiting)} {'waits' if len(waiting) == 1 else 'wait'}, " if waiting else ""
        say(self._console, f"{self._repo_id}: {self._failure}; {wait}training goes on, it is tried again later")

    def _summary(self) -> str:
        waiting = self._unpushed.tags
        text = f"{self._repo_id}: {self._pushed} pushed, {len(waiting) + len(self._lost)} failed"
        text += f", {self._there_before} there before" if self._there_before else ""
        parts = [text, *(f"{tag}: {reason}" for tag, reason in self._lost.items())]
        if waiting:
            parts.append(f"{_listed(waiting)}: {self._failure or 'not published (no answer yet)'}")
            parts.append(f"kept in {self._unpushed.folder}: the same command with --resume pushes them")
        return "; ".join(parts)


def _listed(tags: list[str]) -> str:
    return tags[0] if len(tags) == 1 else f"{tags[0]} to {tags[-1]} ({len(tags)})"
