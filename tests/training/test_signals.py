"""Stop requests: the first signal is polite, a later second one is not, and handlers are put back."""

from __future__ import annotations

import signal
import threading

import pytest

from amgan.training import signals
from amgan.training.signals import SAME_REQUEST_SECONDS, StopRequest


@pytest.fixture(autouse=True)
def _as_in_a_terminal():
    # A shell starts what runs in the background with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

    monkeypatch.setattr(signals.time, "monotonic", lambda: Clock.now)
    return Clock


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_only_sets_the_flag(number, accelerator_factory):
    accelerator = accelerator_factory()
    with StopRequest() as stop:
        assert stop.signal_name is None
        assert not stop.agreed(accelerator)
        signal.raise_signal(number)
        assert stop.signal_name == signal.Signals(number).name
        assert stop.agreed(accelerator)


def test_the_same_request_passed_on_by_a_launcher_does_not_kill(clock):
    told = []
    with StopRequest(told.append) as stop:
        signal.raise_signal(signal.SIGINT)
        assert told == ["Ctrl-C"]
        clock.now += SAME_REQUEST_SECONDS / 2
        signal.raise_signal(signal.SIGINT)
        assert stop.signal_name == "SIGINT"
    assert told == ["Ctrl-C"]


def test_a_later_second_signal_acts_as_usual(clock):
    with StopRequest():
        signal.raise_signal(signal.SIGINT)
        clock.now += SAME_REQUEST_SECONDS + 0.1
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with StopRequest():
        assert signal.getsignal(signal.SIGINT) != before[0]
        signal.raise_signal(signal.SIGTERM)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_handler_from_outside_python_does_not_break_the_end(monkeypatch):
    real = signal.signal
    monkeypatch.setattr(signals.signal, "signal", lambda number, handler: real(number, handler) and None)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    try:
        with StopRequest():
            pass
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        real(signal.SIGINT, before[0])
        real(signal.SIGTERM, before[1])


def test_in_another_thread_it_does_nothing_and_breaks_nothing():
    seen = []

    def work():
        with StopRequest() as stop:
            seen.append(stop.signal_name)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [None]
