"""The waiting line of the device: bounded, counted in pictures, fair between callers."""

from __future__ import annotations

import heapq
import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from amgan.errors import BusyError

Item = TypeVar("Item")


@dataclass(eq=False)
class _Waiting(Generic[Item]):
    item: Item
    count: int
    taken: int = 0


@dataclass(frozen=True)
class Share(Generic[Item]):
    """Pictures `start` to `stop` - 1 of an item, taken to be drawn now."""

    item: Item
    start: int
    stop: int


class _Lane(Generic[Item]):
    """The waiting items of one kind, by what may be drawn together and by caller.

    Attributes:
        groups: Of each a heap of its callers, which are ordered by what was drawn for each when it was last looked at.
        count: Pictures that wait.
    """

    def __init__(self) -> None:
        self.groups: dict[Hashable, list[tuple[int, int, str]]] = {}
        self.count = 0
        self._lines: dict[str, OrderedDict[Hashable, deque[_Waiting[Item]]]] = {}
        # Pictures drawn for each who waits. Who comes begins with the least: nobody is owed for the time before.
        self._drawn: dict[str, int] = {}
        self._least = 0
        # Among equals it is first come, first served.
        self._places = itertools.count()

    def put(self, waiting: _Waiting[Item], group: Hashable, caller: str) -> None:
        lines = self._lines.setdefault(caller, OrderedDict())
        drawn = self._drawn.setdefault(caller, self._least)
        if group not in lines:
            lines[group] = deque()
            heapq.heappush(self.groups.setdefault(group, []), (drawn, next(self._places), caller))
        lines[group].append(waiting)
        self.count += waiting.count

    def take(self, limit_of: Callable[[Hashable], int], is_wanted: Callable[[Item], bool]) -> list[Share[Item]]:
        shares: list[Share[Item]] = []
        while self.groups and not shares:
            _, _, turn = min(map(self._first, self.groups))
            group = next(iter(self._lines[turn]))
            callers, room = self.groups[group], limit_of(group)
            each = max(1, room // len(callers))
            while callers and room:
                _, place, caller = self._first(group)
                line = self._lines[caller][group]
                taken = self._take_of(line, min(each, room), is_wanted, shares)
                room -= taken
                self._drawn[caller] += taken
                if line:
                    self._lines[caller].move_to_end(group)
                    heapq.heapreplace(callers, (self._drawn[caller], place, caller))
                else:
                    heapq.heappop(callers)
                    self._leave(caller, group)
            if not callers:
                del self.groups[group]
            self._least = min(map(self._first, self.groups))[0] if self.groups else 0
        return shares

    def purge(self, is_wanted: Callable[[Item], bool]) -> None:
        """Drop what nobody wants any more."""
        for caller, lines in list(self._lines.items()):
            for group, line in list(lines.items()):
                lines[group] = deque(waiting for waiting in line if is_wanted(waiting.item))
                self.count += _left(lines[group]) - _left(line)
                if not lines[group]:
                    self._leave(caller, group)
        for group, callers in list(self.groups.items()):
            self.groups[group] = [each for each in callers if group in self._lines.get(each[2], ())]
            heapq.heapify(self.groups[group])
            if not self.groups[group]:
                del self.groups[group]

    def _first(self, group: Hashable) -> tuple[int, int, str]:
        """The caller of a group for whom least was drawn, who may have been drawn in others meanwhile."""
        callers = self.groups[group]
        while callers[0][0] != (drawn := self._drawn[callers[0][2]]):
            heapq.heapreplace(callers, (drawn, *callers[0][1:]))
        return callers[0]

    def _leave(self, caller: str, group: Hashable) -> None:
        """Nothing of a caller waits any more in a group."""
        del self._lines[caller][group]
        if not self._lines[caller]:
            del self._lines[caller], self._drawn[caller]

    def _take_of(
        self, line: deque[_Waiting[Item]], most: int, is_wanted: Callable[[Item], bool], shares: list[Share[Item]]
    ) -> int:
        taken = 0
        while line and taken < most:
            first = line[0]
            if not is_wanted(first.item):
                self.count -= first.count - first.taken
                line.popleft()
                continue
            count = min(most - taken, first.count - first.taken)
            shares.append(Share(first.item, first.taken, first.taken + count))
            first.taken += count
            taken += count
            self.count -= count
            if first.taken == first.count:
                line.popleft()
        return taken


def _left(line: Iterable[_Waiting[Item]]) -> int:
    return sum(waiting.count - waiting.taken for waiting in line)


class FairQueue(Generic[Item]):
    """Items of some pictures each, from many callers. Not safe for threads: its owner holds a lock.

    What is put in the background waits until nothing else does. Otherwise the turn is with the caller for whom the
    fewest pictures were drawn, and what may be drawn with theirs is drawn along. So of two who always wait each has
    half the device, however many groups of items that may be drawn together each has, and one with 10,000 pictures does
    not hold up one with a single picture. The groups of a caller take turns.
    """

    def __init__(self, capacity: int) -> None:
        """An empty queue.

        Args:
            capacity: Pictures that may wait; the background is not counted.
        """
        self.capacity = capacity
        self._front = _Lane[Item]()
        self._background = _Lane[Item]()
        self._to_come = 0

    def __len__(self) -> int:
        """Pictures that wait, those in the background left out."""
        return self._front.count

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits at all."""
        return not self._front.groups and not self._background.groups

    @property
    def only_group(self) -> Hashable | None:
        """That of all items which wait, those in the background left out; None if there are none, or several."""
        return next(iter(self._front.groups)) if len(self._front.groups) == 1 else None

    def put(
        self,
        item: Item,
        count: int,
        group: Hashable,
        caller: str = "",
        background: bool = False,
        admitted: bool = False,
        to_come: int = 0,
        is_wanted: Callable[[Item], bool] = lambda item: True,
    ) -> None:
        """Add an item.

        Args:
            item: What is to be drawn.
            count: Its pictures, 1 or more.
            group: Items of equal groups may be drawn together.
            caller: Whose it is.
            background: Only to be taken while nothing else waits.
            admitted: It goes on with something that was let in before, and is not refused.
            to_come: So many pictures will follow. There must be room for them, which is kept until `release`: what was
                let in is not refused later.
            is_wanted: Items for which this is false any more are dropped before this one is refused.

        Raises:
            BusyError: it would not fit, and others wait already.
        """
        lane = self._background if background else self._front
        if not (background or admitted):
            if self._has_no_room(max(count, to_come)):
                self.purge(is_wanted)
            if self._has_no_room(max(count, to_come)):
                raise BusyError("too many pictures are waiting to be drawn; try again soon")
        lane.put(_Waiting(item, count), group, caller)
        self._to_come += to_come

    def release(self, to_come: int) -> None:
        """Pictures that were to come have come, or never will."""
        self._to_come -= to_come

    def purge(self, is_wanted: Callable[[Item], bool]) -> None:
        """Drop all items, but for the background, for which `is_wanted` is false; else they wait to be reached."""
        self._front.purge(is_wanted)

    def take(
        self, limit_of: Callable[[Hashable], int], is_wanted: Callable[[Item], bool] = lambda item: True
    ) -> list[Share[Item]]:
        """What is to be drawn next, all of one group; empty if nothing waits.

        Args:
            limit_of: How many pictures of a group may be drawn at once.
            is_wanted: Items for which this is false any more are dropped.
        """
        return self._front.take(limit_of, is_wanted) or self._background.take(limit_of, is_wanted)

    def _has_no_room(self, pictures: int) -> bool:
        taken = self._front.count + self._to_come
        return taken > 0 and taken + pictures > self.capacity
