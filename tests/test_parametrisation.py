"""Which effects are drawn as they are: as asked, or as the data say; the same posterior."""

from __future__ import annotations

import jax
import numpy as np
import pandas as pd
import pytest
import shapes
from numpyro.infer.util import log_density

import formix as fx
from formix.parametrisation import ENOUGH


def model(formula: str, how: object, data: pd.DataFrame | None = None, family="gaussian"):
    rows = shapes.data() if data is None else data
    return fx.Model(formula, rows, family, parametrisation=how)


def test_by_default_effects_are_standardised():
    plain = fx.Model("y ~ x + (x | g)", shapes.data())
    assert plain.source == model("y ~ x + (x | g)", "non-centred").source
    assert plain.spec.centred == ()
    assert "z_g" in plain.source


def test_it_is_asked_for_by_group():
    found = model("y ~ x + (x | g) + (1 | k)", {"g": "centered"})
    assert found.spec.centred == ("g",)
    assert '"r_g", dist.MultivariateNormal' in found.source.replace("\n        ", " ")
    assert "z_k" in found.source
    assert "z_g" not in found.source
    other = model("y ~ x + (1 | g); sigma ~ (1 | g)", {"sigma.g": "centred"})
    assert other.spec.centred == ("sigma.g",)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("half", "'half' is no parametrisation"),
        (3, "3 is no parametrisation"),
        ({"g": None}, "None is no parametrisation"),
        ({"gg": "centred"}, "`gg`, which is no group of this model"),
    ],
)
def test_what_is_no_parametrisation(how: object, says: str):
    with pytest.raises(fx.ArgumentError, match=says):
        model("y ~ x + (1 | g)", how)


@pytest.mark.parametrize(
    "group",
    ["gr(g, sum_to_zero = TRUE)", "gr(g, cov = A, by = h)", 'gr(g, cov = A, dist="student")'],
)
def test_what_cannot_be_centred(group: str):
    rows = shapes.data().assign(h=np.where(np.arange(60) % 2 == 0, "a", "b"))
    matrices = {"A": np.eye(6)} if "cov" in group else None
    formula = f"y ~ x + (1 | {group})"
    with pytest.raises(fx.ArgumentError, match="`g` cannot be centred: its"):
        fx.Model(formula, rows, matrices=matrices, parametrisation="centred")
    decided = fx.Model(formula, rows, matrices=matrices, parametrisation="auto")
    assert decided.spec.centred == ()
    assert decided.notes[-1].startswith("g: non-centred, since its")


def balanced(levels: int, rows: int, tau: float) -> pd.DataFrame:
    """Levels whose effects and noise have the moments that are asked for, exactly."""
    generator = np.random.default_rng(4)
    noise = generator.normal(size=(levels, rows))
    noise -= noise.mean(axis=1, keepdims=True)
    noise /= np.sqrt(np.square(noise).sum() / (levels * (rows - 1)))
    effects = generator.normal(size=levels)
    effects -= effects.mean()
    effects *= np.sqrt((tau**2 + 1.0 / rows) / np.mean(np.square(effects)))
    y = effects[:, None] + noise
    return pd.DataFrame({"y": y.ravel(), "g": np.repeat(np.arange(levels), rows)})


@pytest.mark.parametrize("rows", [5, 40])
@pytest.mark.parametrize("tau", [0.2, 0.49, 0.51, 1.0, 1.5])
def test_auto_decides_by_how_much_a_level_tells(rows: int, tau: float):
    """One variance between levels over the variance of a level's mean: tau^2 rows / sigma^2."""
    found = model("y ~ 1 + (1 | g)", "auto", balanced(20, rows, tau))
    told = tau**2 * rows
    assert found.spec.centred == (("g",) if told > ENOUGH else ())
    number = f"{told:.0f}" if told >= 10.0 else f"{told:.2g}"
    assert f"effects vary {number} times as much between levels" in found.notes[-1]


def test_auto_says_why_not():
    few = balanced(20, 5, 1.0).groupby("g").head(1).reset_index(drop=True)
    with pytest.warns(fx.DataWarning):
        found = model("y ~ 1 + (1 | g)", "auto", few)
    assert found.notes[-1].endswith("few of its levels have rows enough to tell their effects")
    found = model("y ~ x; sigma ~ (1 | g)", "auto")
    assert found.notes[-1].endswith("it is not of the main predictor alone")


def test_auto_tells_crossed_groups_apart():
    """Plates differ little, samples much; noise is small beside both."""
    notes = model("diameter ~ 1 + (1 | plate) + (1 | sample)", "auto", fx.load("Penicillin")).notes
    assert [note.partition(",")[0] for note in notes] == ["plate: centred", "sample: centred"]


def test_a_file_remembers_it(tmp_path):
    found = model("y ~ x + (x | g) + (1 | k)", {"g": "centred"})
    path = fx.write(found.prior(draws=3, seed=1), tmp_path / "prior.nc")
    again = fx.model(fx.read(path))
    assert again.source == found.source
    assert again.spec.centred == ("g",)


def test_the_posterior_is_the_same():
    """The density of effects is that of standard normals, times the Jacobian of the scaling."""
    with jax.enable_x64(True):
        values, densities = {}, []
        generator = np.random.default_rng(3)
        z = generator.normal(size=(6, 2))
        sd, corner = np.array([0.7, 0.4]), 0.3
        L = np.array([[1.0, 0.0], [corner, np.sqrt(1.0 - corner**2)]])
        values = {"Intercept@means": 1.0, "slopes": np.array([0.5]), "sd_g": sd, "L_g": L}
        values |= {"sigma": 0.9, "z_g": z, "r_g": z @ (sd[:, None] * L).T}
        for how in ("non-centred", "centred"):
            found = model("y ~ x + (x | g)", how)
            namespace: dict[str, object] = {}
            exec(found.source.replace("numpyro.enable_x64()\n", ""), namespace)
            density, _ = log_density(namespace["model"], (), dict(found.data), values)
            densities.append(float(density))
        jacobian = 6 * np.log(np.prod(sd) * L[1, 1])
        assert densities[0] - densities[1] == pytest.approx(jacobian, abs=1e-9)
