"""The newest of something costly, made once for each key and shared by threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """Keeps the value of the last key. A copy of it starts empty, since it belongs to another owner."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entry: tuple[Hashable, Value] | None = None

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made now if the last one was of another key; other threads wait for it."""
        with self._lock:
            if self._entry is None or self._entry[0] != key:
                self._entry = key, make()
            return self._entry[1]

    def __deepcopy__(self, memo: dict[int, Any]) -> Latest[Value]:
        return Latest()

    def __reduce__(self) -> tuple[type[Latest[Value]], tuple[()]]:
        return Latest, ()
