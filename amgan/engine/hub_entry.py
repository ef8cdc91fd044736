"""A model repository of the Hub on a shelf: known by name at once, fetched when it is first asked for."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from amgan.engine.hub_snapshots import Snapshots
from amgan.engine.shelf_entry import Entry, News, Place, is_named_by
from amgan.errors import ReleaseError, RequestError, RevisionAwayError
from amgan.hub.client import LOGIN, is_away, reason_of
from amgan.hub.fetching import COMMIT, newest_commit
from amgan.hub.names import split_model_name
from amgan.networks.config import ModelConfig

LOOK_SECONDS = 5.0
"""How long the Hub may be silent when it is asked for news."""
LOOK_AGAIN_SECONDS = 30.0
"""So long an answer is believed, so that many visitors are one request."""

MISSING_SECONDS = 30.0
"""So long the Hub's word is believed that there is no such revision."""
AWAY_SECONDS = 5.0
"""So long a Hub that did not answer is not asked for odd revisions again."""
MOST_MISSING = 1000


class HubEntry(Entry):
    """A repository "user/name", or one revision of it.

    Safe to use from several threads. A pinned entry, and a commit that was fetched before, ask nothing of the Hub.
    """

    def __init__(
        self,
        repo_id: str,
        pin: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        snapshots: Snapshots | None = None,
        preloaded: str | None = None,
    ) -> None:
        """Remember the name; nothing is asked of the Hub or the disk.

        Args:
            repo_id: "user/name".
            pin: Branch, tag or commit that is shown for ever; None follows the main branch, when told to.
            clock: Seconds that never go back.
            snapshots: Those of the repository; entries of one repository must share them.
            preloaded: A commit that the name stood for, shown when the Hub is away and the cache holds no other.
        """
        self.name = repo_id if pin is None else f"{repo_id}@{pin}"
        self.config = None
        self.problem = None
        self.moves = pin is None
        self._repo_id = repo_id
        self._pin = pin
        self._clock = clock
        self._commit: str | None = None
        self._snapshots = snapshots or Snapshots(repo_id)
        self._preloaded = preloaded
        self._malformed: set[str] = set()
        self._odd = OddRevisions(clock)
        self._news: tuple[float, News] | None = None
        # Who waits for a visitor's odd revision does not hold up those who want the one that is shown.
        self._fetching, self._fetching_other, self._looking = threading.Lock(), threading.Lock(), threading.Lock()

    @classmethod
    def parse(cls, text: str, snapshots: dict[str, Snapshots] | None = None, preloaded: str | None = None) -> HubEntry:
        """The entry for "user/name" or "user/name@revision".

        Args:
            text: The name.
            snapshots: Those of each repository; one that is new is added.
            preloaded: See the class.

        Raises:
            ConfigError: it is neither.
        """
        repo_id, pin = split_model_name(text)
        shared = ({} if snapshots is None else snapshots).setdefault(repo_id, Snapshots(repo_id))
        return cls(repo_id, pin, snapshots=shared, preloaded=preloaded)

    def is_here(self, revision: str | None = None) -> bool:
        """Whether its files are known to be in the cache."""
        return self._place(revision) is not None

    def locate(self, revision: str | None = None, fetch: bool = True) -> Place:
        """The snapshot in the Hub's cache."""
        place = self._place(revision)
        if place is None and not fetch:
            if revision is not None and self._commit is not None:
                raise self._not_here(revision)
            raise ReleaseError(self.problem or "it has not been fetched from the Hub yet")
        if place is None:
            with self._fetching if revision is None else self._fetching_other:
                # Perhaps it came while this one waited.
                place = self._place(revision) or (self._shown() if revision is None else self._other(revision))
        return place

    def loading_code(self, revision: str) -> str:
        """The commit is named, so that it stays these pictures."""
        return f'AMGAN.from_pretrained("{self._repo_id}", revision="{revision}")'

    def loaded(self, place: Place, config: ModelConfig) -> None:
        """Keep the config of the revision that is shown."""
        self._malformed.discard(place.revision or "")
        if place.revision == self._commit:
            self.config, self.problem = config, None

    def failed(self, place: Place, problem: str) -> None:
        """Fetch again when it is asked for again; never offer it."""
        if place.revision is not None:
            self._snapshots.drop(place.revision)
            self._malformed.add(place.revision)
        if place.revision == self._commit:
            self.problem = problem

    def news(self, at_once: bool = False) -> News:
        """Ask the Hub where the main branch is; one request at a time, and its answer is believed for a while."""
        if not self.moves:
            return News()
        with self._looking:
            now = self._clock()
            if at_once or self._news is None or now - self._news[0] > LOOK_AGAIN_SECONDS:
                self._news = (self._clock(), self._look())
            found = self._news[1]
        return News() if found.newest in self._malformed else found

    def fetch_newest(self) -> Place:
        """Bring the main branch's newest commit here."""
        if not self.moves:
            return super().fetch_newest()
        with self._fetching:
            try:
                newest = newest_commit(self._repo_id, timeout=LOOK_SECONDS)
                here = self._snapshots.place(newest)
                if here is not None:
                    return here
                # By the branch's name, so that the cache has this commit for it when the Hub is away.
                place = self._snapshots.fetch(None)
            except ReleaseError as error:
                raise ReleaseError(f"it could not be fetched from the Hub ({_reason(error)})") from error
            if place.revision == self._commit != newest:
                raise ReleaseError("the Hub went away meanwhile; try again later")
            return place

    def settle(self, place: Place) -> None:
        """Show this commit, which `fetch_newest` brought."""
        assert place.revision is not None
        self._snapshots.show(self.name, place.revision)
        self._commit, self.problem = place.revision, None

    def _place(self, revision: str | None) -> Place | None:
        commit = self._commit if revision is None else self._named(revision)
        return None if commit is None else self._snapshots.place(commit)

    def _named(self, revision: str) -> str | None:
        if revision == self._pin:
            return self._commit
        # Of those that are here; the one that is shown comes first, and where there is a pin, nothing after it.
        known = [*filter(None, [self._commit]), *(self._snapshots if self.moves else [])]
        return next((commit for commit in known if is_named_by(commit, revision)), None)

    def _shown(self) -> Place:
        try:
            place = self._pinned() or self._snapshots.fetch(self._pin)
        except ReleaseError as error:
            # It lies in the cache by its commit only, which no branch or tag points to.
            there = self._snapshots.cached(self._preloaded) if self._preloaded and _was_away(error) else None
            if there is not None:
                self.settle(there)
                return there
            self.problem = f"it could not be fetched from the Hub ({_reason(error)})"
            raise ReleaseError(self.problem) from error
        self.settle(place)
        return place

    def _pinned(self) -> Place | None:
        # A pin that was fetched once is that commit for ever, whatever became of it on the Hub.
        return None if self._pin is None else self._snapshots.cached(self._pin)

    def _other(self, revision: str) -> Place:
        if not self.moves:
            self.locate()
            place = self._place(revision)
            if place is None:
                raise self._not_here(revision)
            return place
        # Not refs/pr/1, where anybody can put something, and no tag or branch, which may move.
        if not COMMIT.fullmatch(revision):
            raise self._not_here(revision)
        cached = self._snapshots.cached(revision)
        if cached is not None:
            return cached
        if self._odd.is_missing(revision):
            raise self._not_here(revision, " (the Hub was asked a moment ago)")
        if self._odd.is_away:
            raise self._not_here(revision, " (no answer from the Hub)", RevisionAwayError)
        try:
            return self._snapshots.bring(revision)
        except ReleaseError as error:
            if _was_away(error):
                self._odd.note_away()
                raise self._not_here(revision, f" ({_reason(error)})", RevisionAwayError) from error
            self._odd.note_missing(revision)
            raise self._not_here(revision, f" ({_reason(error)})") from error

    def _look(self) -> News:
        try:
            return News(newest_commit(self._repo_id, timeout=LOOK_SECONDS))
        except ReleaseError as error:
            return News(problem=_reason(error))

    def _not_here(self, revision: str, reason: str = "", kind: type[RequestError] = RequestError) -> RequestError:
        here = f"here is {self._commit}" if self._commit else "none of it is"
        return kind(f"revision {revision!r:.50} of {self.name} is not here{reason}; {here}")


def _was_away(error: ReleaseError) -> bool:
    return is_away(error.__cause__ or error)


def _reason(error: ReleaseError) -> str:
    # Of what the Hub's client raised; how to log in is not for visitors.
    return str(reason_of(error.__cause__ or error)).removesuffix(f": {LOGIN}")


class OddRevisions:
    """What the Hub said of them. For one thread at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start without any.

        Args:
            clock: Seconds that never go back.
        """
        self._clock = clock
        self._missing: OrderedDict[str, float] = OrderedDict()
        self._away_until = 0.0

    @property
    def is_away(self) -> bool:
        """Whether the Hub did not answer a moment ago."""
        return self._clock() < self._away_until

    def is_missing(self, revision: str) -> bool:
        """Whether the Hub said a short while ago that there is no such revision."""
        return self._clock() < self._missing.get(revision, 0.0)

    def note_away(self) -> None:
        """Remember that the Hub did not answer."""
        self._away_until = self._clock() + AWAY_SECONDS

    def note_missing(self, revision: str) -> None:
        """Remember that there is no such revision."""
        self._missing[revision] = self._clock() + MISSING_SECONDS
        self._missing.move_to_end(revision)
        while len(self._missing) > MOST_MISSING:
            self._missing.popitem(last=False)
