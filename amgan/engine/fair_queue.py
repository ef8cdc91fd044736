"""The waiting line of the device: bounded, counted in pictures, fair between callers."""

from __future__ import annotations

import heapq
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
    """The waiting items of one kind, by caller, then by what may be drawn together."""

    def __init__(self) -> None:
        self.lines: dict[str, OrderedDict[Hashable, deque[_Waiting[Item]]]] = {}
        self.count = 0
        # Pictures drawn of each who waits. Who comes begins with the least: nobody is owed for the time before.
        self._drawn: dict[str, int] = {}
        self._least = 0

    def put(self, waiting: _Waiting[Item], group: Hashable, caller: str) -> None:
        self.lines.setdefault(caller, OrderedDict()).setdefault(group, deque()).append(waiting)
        self._drawn.setdefault(caller, self._least)
        self.count += waiting.count

    def take(self, limit_of: Callable[[Hashable], int], is_wanted: Callable[[Item], bool]) -> list[Share[Item]]:
        shares: list[Share[Item]] = []
        while self.lines and not shares:
            group = next(iter(self.lines[min(self._drawn, key=self._drawn.__getitem__)]))
            room = limit_of(group)
            who = [caller for caller, lines in self.lines.items() if group in lines]
            each = max(1, room // len(who))
            # Ordered by what was drawn of each, so that one who was drawn in other groups stands back.
            turns = [(self._drawn[caller], place) for place, caller in enumerate(who)]
            heapq.heapify(turns)
            while turns and room:
                _, place = heapq.heappop(turns)
                caller = who[place]
                line = self.lines[caller][group]
                taken = self._take_of(line, min(each, room), is_wanted, shares)
                room -= taken
                self._drawn[caller] += taken
                if line:
                    self.lines[caller].move_to_end(group)
                    heapq.heappush(turns, (self._drawn[caller], place))
                else:
                    self._leave(caller, group)
            self._least = min(self._drawn.values(), default=0)
        return shares

    def purge(self, is_wanted: Callable[[Item], bool]) -> None:
        """Drop what nobody wants any more."""
        for caller, lines in list(self.lines.items()):
            for group, line in list(lines.items()):
                kept = deque(waiting for waiting in line if is_wanted(waiting.item))
                self.count += _left(kept) - _left(line)
                lines[group] = kept
                if not kept:
                    self._leave(caller, group)

    def _leave(self, caller: str, group: Hashable) -> None:
        """Nothing of a caller waits any more in a group."""
        del self.lines[caller][group]
        if not self.lines[caller]:
            del self.lines[caller], self._drawn[caller]

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
        return not self._front.lines and not self._background.lines

    @property
    def only_group(self) -> Hashable | None:
        """That of all items which wait, those in the background left out; None if there are none, or several."""
        groups = {group for lines in self._front.lines.values() for group in lines}
        return groups.pop() if len(groups) == 1 else None

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
