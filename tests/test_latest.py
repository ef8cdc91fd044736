from __future__ import annotations

import copy
import threading
import time

from amgan.latest import Latest


def test_threads_with_one_key_make_one_value():
    latest, made = Latest[object](), []

    def make():
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    got = []
    threads = [threading.Thread(target=lambda: got.append(latest.get("key", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert got == made * 4


def test_another_key_replaces_the_value():
    latest = Latest[int]()
    assert [latest.get(key, lambda key=key: key * 10) for key in (1, 1, 2, 1)] == [10, 10, 20, 10]


def test_a_copy_starts_empty_and_leaves_the_first_alone():
    latest = Latest[str]()
    latest.get(1, lambda: "first")
    other = copy.deepcopy(latest)
    assert other.get(1, lambda: "second") == "second"
    assert latest.get(1, lambda: "third") == "first"
