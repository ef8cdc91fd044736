"""What is drawn together, in halves where one of it cannot be drawn, until that one is alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Halving(Generic[T]):
    """The parts of a list, in its order: at first all of it, and in place of a part that was halved its halves."""

    def __init__(self, items: Sequence[T]) -> None:
        self._to_come = [items] if items else []
        self._part: Sequence[T] = ()

    def __iter__(self) -> Iterator[Sequence[T]]:
        while self._to_come:
            self._part = self._to_come.pop()
            yield self._part

    def halve(self) -> bool:
        """Give the last part again in halves; False if it is a single one."""
        middle = len(self._part) // 2
        if middle:
            self._to_come += [self._part[middle:], self._part[:middle]]
        return middle > 0
