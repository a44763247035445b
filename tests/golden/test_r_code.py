"""The printed calls of R, reviewed as diffs; where R is installed it must be able to read them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import r_shapes

import formix as fx

HERE = Path(__file__).parent / "r"
RSCRIPT = shutil.which("Rscript")


@pytest.mark.parametrize("name", r_shapes.SHAPES)
def test_calls_are_the_reviewed_ones(name: str):
    reviewed = (HERE / f"{name}.R").read_text(encoding="utf-8")
    assert f"{fx.r_code(r_shapes.model_of(name))}\n" == reviewed


def test_every_reviewed_file_has_its_model():
    assert {path.stem for path in HERE.glob("*.R")} == set(r_shapes.SHAPES)


@pytest.mark.skipif(RSCRIPT is None, reason="R is not installed")
def test_r_can_read_every_file():
    script = (
        'for (file in commandArgs(TRUE)) { code <- parse(file, encoding = "UTF-8"); '
        "stopifnot(length(code) > 0); cat(basename(file), length(code), fill = TRUE) }"
    )
    files = sorted(str(path) for path in HERE.glob("*.R"))
    run = subprocess.run(
        [str(RSCRIPT), "--vanilla", "-e", script, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) == len(files)
