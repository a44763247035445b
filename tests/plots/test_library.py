"""Without Matplotlib everything works but pictures, which say what to install."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
sys.modules["matplotlib"] = None
import numpy as np
import formix as fx
from formix.plots.library import check_installed
for name in dir(fx):
    if name.startswith("plot_"):
        assert getattr(fx, name).__doc__
try:
    check_installed()
except fx.MissingLibraryError as error:
    assert isinstance(error, ImportError)
    print(error)
"""


def test_pictures_say_what_to_install():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "need Matplotlib, which is not installed" in run.stdout
    assert 'pip install "formix[plots]"' in run.stdout


@pytest.mark.parametrize("use", ["formix.load", "formix.ranef"])
def test_what_draws_nothing_does_not_load_it(use: str):
    script = f"import sys, formix; {use}; print('matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.stdout.strip() == "False", run.stderr
