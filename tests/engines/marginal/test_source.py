"""The printed program of the engine: what runs, alone too, and what it says."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import marginal_shapes as grid
import numpy as np
import pytest
import shapes

import formix as fx
from formix.engines.marginal.density import Marginal
from formix.engines.marginal.sampling import run
from formix.engines.marginal.source import write
from formix.engines.marginal.structure import GroupColumns, Part, Structure, structure
from formix.prior import PriorEntry
from formix.program.load import load

HERE = Path(__file__).parents[2] / "golden" / "marginal"


def built(model: fx.Model) -> Marginal:
    source = write(model.spec)
    return load(source.text, "marginal")(**source.data)


def same(one: object, other: object) -> bool:
    """Whether two values say the same: keys are labels here and places there."""
    if isinstance(one, PriorEntry) and isinstance(other, PriorEntry):
        return (one.prior, one.squared) == (other.prior, other.squared)
    if isinstance(one, Structure | GroupColumns | Part):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


@pytest.mark.parametrize("name", [shape.name for shape in grid.SHAPES])
def test_the_program_is_the_model(name: str):
    model = grid.model_of(name)
    of = built(model)
    assert same(of.structure, structure(model.spec))
    assert of.structure.at_means == structure(model.spec).at_means
    points = grid.around_mode(grid.marginal_of(name), 3, seed=1)
    expected = grid.marginal_of(name).log_density(points)
    np.testing.assert_array_equal(of.log_density(points), expected)


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.stem)
def test_the_program_is_the_reviewed_one(path: Path):
    if path.stem == "sleepstudy":
        model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    else:
        model = grid.model_of(path.stem)
    assert write(model.spec).text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [88, 100])
def test_programs_are_fixed_points_of_the_formatter(width: int, tmp_path: Path):
    for shape in grid.SHAPES:
        text = write(grid.model_of(shape.name).spec).text
        (tmp_path / f"{shape.name}.py").write_text(text, encoding="utf-8")
    for arguments in (
        ["format", "--check", "--isolated", f"--line-length={width}"],
        ["check", "--isolated", "--line-length=100", "--select=E,F,W,B,UP"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, str(tmp_path)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_program_runs_on_its_own(tmp_path: Path):
    """With the arrays, the commented call and nothing of the model, as the text says."""
    model = grid.model_of("two_correlated_blocks")
    source = write(model.spec)
    np.savez(tmp_path / "data.npz", **source.data)
    call = "".join(f"{line[2:]}\n" for line in source.text.splitlines()[-2:])
    program = (
        f"import numpy as np\ndata = dict(np.load('data.npz'))\n{source.text}\n{call}"
        "import sys\nassert not {'jax', 'pandas', 'arviz'} & set(sys.modules)\n"
        "np.savez('drawn.npz', **drawn.values)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    expected = run(model.spec, draws=1000, chains=4, seed=1).values
    with np.load(tmp_path / "drawn.npz") as drawn:
        assert set(drawn.files) == set(expected)
        for site, values in expected.items():
            np.testing.assert_array_equal(drawn[site], values)


def test_what_runs_is_the_text(monkeypatch):
    """The engine runs what it prints: a text of another model gives that one's draws."""
    other = grid.model_of("random_intercept").spec
    monkeypatch.setattr("formix.engines.marginal.sampling.write", lambda _spec: write(other))
    drawn = run(grid.model_of("random_slope").spec, draws=20, seed=2)
    monkeypatch.undo()
    expected = run(other, draws=20, seed=2)
    np.testing.assert_array_equal(drawn.values["sd_g"], expected.values["sd_g"])


def test_text_of_users_is_a_string_or_a_comment():
    frame = shapes.data().rename(columns={"g": 'group"\n) or (x', "y": "integrate"})
    model = fx.Model('integrate ~ x + (1 | `group"\n) or (x`)', frame)
    of = built(model)
    assert of.structure.groups[0].name == 'group"\n) or (x'
