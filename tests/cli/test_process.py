"""The command as a process of its own: what it imports, and how it is stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SLEEP = "Reaction ~ Days + (Days | Subject)"


def _loaded(*arguments: str) -> set[str]:
    """Return the modules loaded by the time the command has ended."""
    script = (
        "import sys\n"
        f"sys.argv = ['formix', *{list(arguments)!r}]\n"
        "from formix.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "print('\\nLOADED', *sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("fit", "--help"), ("--version",)],
    ids=" ".join,
)
def test_help_is_quick(arguments: tuple[str, ...]):
    heavy = {"arviz", "formulae", "jax", "lark", "numpyro", "pandas", "scipy", "xarray"}
    assert not heavy & _loaded(*arguments)


@pytest.mark.parametrize("command", ["explain", "source"])
def test_looking_at_a_model_starts_no_sampler(command: str):
    loaded = _loaded(command, SLEEP, "sleepstudy")
    assert "pandas" in loaded
    assert not {"arviz", "jax", "numpyro", "matplotlib", "scipy.stats"} & loaded


def test_python_m_is_the_same_command():
    run = subprocess.run(
        [sys.executable, "-m", "formix", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("formix ")


def test_an_error_ends_with_2_and_prints_no_traceback():
    command = [sys.executable, "-m", "formix", "explain", "Reaction ~ Dayz", "sleepstudy"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("UnknownColumnError: ")
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminals")
@pytest.mark.parametrize(("options", "shown"), [((), True), (("--quiet",), False)])
def test_a_terminal_shows_how_far_a_fit_has_come(
    tmp_path: Path, options: tuple[str, ...], shown: bool
):
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "formix", "fit", "Yield ~ 1 + (1 | Batch)", "Dyestuff"]
    command += ["--draws", "300", "--warmup", "300", "--chains", "2", "--engine", "nuts", *options]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, text=True
    ) as process:
        os.close(theirs)
        terminal = b""
        # Linux ends the terminal of a process that has ended with an error.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 4096):
                terminal += part
        printed = process.stdout.read() if process.stdout else ""
    os.close(ours)
    assert process.returncode == 0
    # Which phases last long enough to be seen depends on the machine.
    phases = ("compiling", "warm-up", "drawing")
    assert any(phase.encode() in terminal for phase in phases) is shown
    assert not any(phase in printed for phase in phases)


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory):
    """A long fit, stopped a few seconds after it began to sample."""
    folder = tmp_path_factory.mktemp("interrupted")
    command = [sys.executable, "-m", "formix", "fit", SLEEP, "sleepstudy"]
    command += ["--draws", "5000000", "--chains", "1", "--engine", "nuts"]
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("priors"):
                    break
            time.sleep(8.0)
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            _, errors = process.communicate(timeout=60)
            yield process.returncode, errors, time.monotonic() - began, folder
        finally:
            process.kill()


def test_an_interrupted_fit_ends_with_130_and_one_line(interrupted):
    code, errors, _, _ = interrupted
    assert code == 130
    assert errors == "formix: interrupted, nothing was written\n"


def test_an_interrupt_is_heard_soon(interrupted):
    """Within two seconds, and the time that a busy machine takes to end a process."""
    _, _, seconds, _ = interrupted
    assert seconds < 2.0 + 3.0


def test_an_interrupted_fit_leaves_no_file(interrupted):
    folder: Path = interrupted[3]
    assert not list(folder.iterdir())
