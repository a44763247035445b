"""The printed programs, reviewed as diffs: `python tests/golden/remake.py` writes them anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import family_shapes
import group_shapes
import level_shapes
import observed_shapes
import pytest
import shapes

import formix as fx

GROUPED = (*group_shapes.SHAPES, *group_shapes.CENTRED)
HERE = Path(__file__).parent / "sources"

LEVELLED = (
    *family_shapes.DISTRIBUTIONAL,
    *level_shapes.SHAPES,
    *level_shapes.DISTRIBUTIONAL,
    *level_shapes.OBSERVED,
)


def source(shape: shapes.Shape) -> str:
    contrasts = shape.contrasts or None
    return fx.Model(shape.formula, shapes.data(), priors=shape.priors, contrasts=contrasts).source


@pytest.mark.parametrize("shape", [*shapes.SHAPES, *shapes.SHRUNK], ids=lambda shape: shape.name)
def test_source_is_the_reviewed_one(shape: shapes.Shape):
    reviewed = (HERE / f"{shape.name}.py").read_text(encoding="utf-8")
    assert source(shape) == reviewed


@pytest.mark.parametrize("shape", family_shapes.SHAPES, ids=lambda shape: shape.name)
def test_source_of_every_family_is_the_reviewed_one(shape: family_shapes.FamilyShape):
    assert shape.model().source == (HERE / f"{shape.name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", LEVELLED, ids=lambda shape: shape.name)
def test_source_of_several_predictors_is_the_reviewed_one(shape: level_shapes.LevelShape):
    assert shape.model().source == (HERE / f"{shape.name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", GROUPED, ids=lambda shape: shape.name)
def test_source_of_every_group_is_the_reviewed_one(shape: group_shapes.GroupShape):
    assert shape.model().source == (HERE / f"{shape.name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", observed_shapes.SHAPES, ids=lambda shape: shape.name)
def test_source_of_what_was_observed_in_part_is_the_reviewed_one(
    shape: observed_shapes.ObservedShape,
):
    assert shape.model().source == (HERE / f"{shape.name}.py").read_text(encoding="utf-8")


def test_every_reviewed_source_has_its_shape():
    names = {path.stem for path in HERE.glob("*.py")}
    every = (
        *shapes.SHAPES,
        *shapes.SHRUNK,
        *family_shapes.SHAPES,
        *LEVELLED,
        *GROUPED,
        *observed_shapes.SHAPES,
    )
    assert names == {shape.name for shape in every} | {"sleepstudy"}


def test_the_sleep_study_takes_at_most_thirty_lines():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    assert model.source == (HERE / "sleepstudy.py").read_text(encoding="utf-8")
    assert len(model.source.splitlines()) <= 30


@pytest.mark.parametrize("width", [88, 100])
def test_sources_are_fixed_points_of_the_formatter(width: int):
    arguments = ["format", "--check", "--isolated", f"--line-length={width}", str(HERE)]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_sources_are_lint_free():
    # To a stranger formix is a library like the others.
    third_party = "--config=lint.isort.known-third-party=['formix']"
    rules = "--select=E,F,W,I,B,UP"
    arguments = ["check", "--isolated", "--line-length=100", rules, third_party, str(HERE)]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
