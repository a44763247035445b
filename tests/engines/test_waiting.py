from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from formix.engines.waiting import in_background, listening


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


def press() -> None:
    """Press Ctrl-C, and drop the interrupt as a library may."""
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)


def test_an_interrupt_that_a_library_drops_is_heard_at_the_next_wait():
    begun = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(pytest.raises(KeyboardInterrupt))
        stack.enter_context(listening())
        press()
        in_background(lambda: begun.append(1))
    assert not begun


def test_it_is_heard_at_the_end_at_the_latest():
    with pytest.raises(KeyboardInterrupt), listening():
        press()
    with listening():
        assert in_background(lambda: 1) == 1


def test_an_interrupt_in_a_callback_of_the_collector_is_heard_and_not_printed(capsys, monkeypatch):
    """Python would drop it and print `Exception ignored in`."""
    pressed = []

    def callback(phase: str, _info: dict[str, int]) -> None:
        if phase == "start" and not pressed:
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(sys, "unraisablehook", lambda _raised: pytest.fail("it was dropped"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(pytest.raises(KeyboardInterrupt))
        stack.enter_context(listening())
        gc.callbacks.append(callback)
        stack.callback(gc.callbacks.remove, callback)
        gc.collect()
        assert pressed
        in_background(lambda: pytest.fail("the work began"))
    assert not capsys.readouterr().err


def test_an_import_is_interrupted_at_its_end():
    reached = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(pytest.raises(KeyboardInterrupt))
        stack.enter_context(listening(late=True))
        os.kill(os.getpid(), signal.SIGINT)
        reached.append("the end")
    assert reached


def test_the_usual_way_of_hearing_is_back_afterwards():
    with listening():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_users_own_is_left_alone():
    heard = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    try:
        with listening():
            os.kill(os.getpid(), signal.SIGINT)
            assert in_background(lambda: time.sleep(0.1) or 1) == 1
        assert heard == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_listen_without_a_handler():
    def work() -> int:
        with listening():
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
            return in_background(lambda: 1)

    assert in_background(work) == 1


def test_after_an_interrupt_the_process_ends_in_order():
    """With a plain `Thread.join`, Python takes the thread for ended and aborts under it."""
    script = """
import os, signal, threading, time
from formix.engines.waiting import in_background, listening
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    with listening():
        in_background(lambda: time.sleep(1.0) or print("worked"))
except KeyboardInterrupt:
    print("heard", flush=True)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["heard", "worked"]
