"""What the server counts, in Prometheus' form; its own registry, so that two servers in a process do not mix."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class ServerMetrics:
    """Counts requests and, as an observer of the batcher, what the device does. Safe for threads.

    Attributes:
        answered: Set when a model has drawn its first picture.
    """

    def __init__(self) -> None:
        self.answered = threading.Event()
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "amgan_requests", "Requests answered.", ("route", "method", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "amgan_request_seconds", "From a request to the end of its answer.", ("route",), registry=registry,
            buckets=SECONDS,
        )  # fmt: skip
        self._images = Counter("amgan_images", "Pictures drawn.", registry=registry)
        self._batch = Histogram("amgan_batch_images", "Pictures drawn at once.", registry=registry, buckets=BATCHES)
        self._wait = Histogram(
            "amgan_wait_seconds", "Waiting for the device, for each share of a batch.", registry=registry,
            buckets=SECONDS,
        )  # fmt: skip
        self._device = Counter("amgan_device_seconds", "Time that the devices have drawn.", registry=registry)
        self._failures = Counter("amgan_batch_failures", "Batches that could not be drawn.", registry=registry)
        self._errors = Counter("amgan_errors", "Requests that failed unexpectedly.", registry=registry)
        self._queue = Gauge("amgan_queue_images", "Pictures that wait to be drawn.", registry=registry)
        # To look a child up by its labels costs more than to count.
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    def watch_queue(self, length: Callable[[], int]) -> None:
        """Ask this for the length of the queue whenever the numbers are read."""
        self._queue.set_function(length)

    def batch_done(self, pictures: int, seconds: float, waits: Sequence[float]) -> None:
        """See `amgan.engine.batcher.Observer`."""
        self.answered.set()
        self._images.inc(pictures)
        self._batch.observe(pictures)
        self._device.inc(seconds)
        for wait in waits:
            self._wait.observe(wait)

    def batch_failed(self) -> None:
        """See `amgan.engine.batcher.Observer`."""
        self._failures.inc()

    def request_done(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered. Route and method must come from a fixed list: each keeps its numbers for ever."""
        key = (route, method, status)
        if key not in self._counters:
            self._counters[key] = self._requests.labels(route, method, str(status))
            self._timers[route] = self._request_seconds.labels(route)
        self._counters[key].inc()
        self._timers[route].observe(seconds)

    def failed_unexpectedly(self) -> None:
        """A request met an error that nobody thought of."""
        self._errors.inc()

    def text(self) -> bytes:
        """All numbers, as Prometheus reads them."""
        return generate_latest(self._registry)
