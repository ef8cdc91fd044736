"""The most recently used of several costly things, each made once and shared by threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class SingleFlightLRU(Generic[Value]):
    """Keeps the values of the keys used last; the one not used for longest gives way to a new one."""

    def __init__(self, most: int) -> None:
        """Start empty.

        Args:
            most: How many values are kept, at least 1.
        """
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._makings: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made now if it is not kept.

        Who asks for a key that is being made waits for it; who asks for another key does not. What `make` raises goes
        to its caller, and the next one tries again.
        """
        with self._lock:
            if key in self._values:
                return self._used(key)
            making = self._makings.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._values:
                    return self._used(key)
            try:
                value = make()
                with self._lock:
                    self._values[key] = value
                    while len(self._values) > self._most:
                        self._values.popitem(last=False)
                return value
            finally:
                with self._lock:
                    self._makings.pop(key, None)

    def kept(self, key: Hashable) -> Value | None:
        """The value of `key` if it is kept, without waiting for one that is being made; else None."""
        with self._lock:
            return self._used(key) if key in self._values else None

    def _used(self, key: Hashable) -> Value:
        self._values.move_to_end(key)
        return self._values[key]
