from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from formix.engines.waiting import in_background


def test_it_returns_what_the_work_returns_from_another_thread():
    assert in_background(threading.get_ident) != threading.get_ident()


def test_it_raises_what_the_work_raises():
    def fail() -> None:
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        in_background(fail)


def test_ctrl_c_does_not_wait_for_the_work():
    finished = threading.Event()

    def work() -> None:
        time.sleep(1.0)
        finished.set()

    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        in_background(work)
    assert not finished.is_set()
    assert finished.wait(5.0)
