"""Predictions against the program that is printed, and what data they may be asked at."""

from __future__ import annotations

import numpy as np
import pytest
from fit_at import fit_at, random_fit
from numpyro import handlers

import formix as fx
from formix.engines.precision import float64
from formix.program.load import load


@pytest.fixture(scope="module")
def sleep():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return model, random_fit(model)


PROGRAMS = {
    "Reaction ~ Days + (Days || Subject); sigma ~ Days + (1 | Subject)": "gaussian",
    "count ~ Days + offset(log(span)) + (1 | half / Subject)": "poisson",
    "cbind(k, span - k) ~ poly(Days, 2, raw = TRUE) + (1 | mm(Subject, other))": "binomial",
}


@pytest.mark.parametrize("formula", PROGRAMS)
def test_at_new_rows_the_mean_is_that_of_the_program_given_those_rows(formula: str):
    """The program that is printed, run with the arrays of the new rows, and with its own draws."""
    frame = fx.load("sleepstudy").assign(
        half=lambda d: d["Subject"].cat.codes % 2,
        count=lambda d: d["Reaction"] // 10,
        span=lambda d: 5.0 + d["Days"],
        k=lambda d: d["Days"] // 2,
        other=lambda d: d["Subject"].to_numpy()[::-1],
    )
    model = fx.Model(formula, frame, PROGRAMS[formula])
    new = frame.sample(frac=1.0, random_state=1).assign(Days=lambda d: d["Days"].to_numpy() + 0.5)
    given = fx.Model(formula, new, PROGRAMS[formula]).data
    with float64():
        sites = handlers.trace(handlers.seed(load(model.source), 3)).get_trace(**given)
        response = sites[model.spec.response.name]["fn"]
        expected = np.asarray(response.mean)
    values = {p.site: np.asarray(sites[p.site]["value"])[None] for p in model.spec.parameters}
    for site in model.spec.effect_sites:
        values[site] = np.asarray(sites[site]["value"])[None]
    found = fit_at(model, values)
    mean = fx.predict(found, new, summary=False)[model.spec.response.name].to_numpy()[0, 0]
    np.testing.assert_allclose(mean, expected, rtol=1e-10)
    if PROGRAMS[formula] == "gaussian":
        sigma = fx.predict(found, new, kind="sigma", summary=False)["sigma"].to_numpy()[0, 0]
        np.testing.assert_allclose(sigma, np.asarray(response.scale), rtol=1e-10)


def test_twice_the_standard_deviation_doubles_the_effects_of_new_levels(sleep):
    model, found = sleep
    post = found["posterior"]
    values = {p.site: post[p.site].to_numpy().reshape(8, *p.shape) for p in model.spec.parameters}
    values["r_Subject"] = post["r_Subject"].to_numpy().reshape(8, 18, 2)
    wider = fit_at(model, {**values, "sd_Subject": 2.0 * values["sd_Subject"]}, chains=2)
    new = {"Days": [0.0, 4.0, 4.0], "Subject": ["new", "new", "308"]}
    one, two, none = (
        fx.predict(f, new, groups=groups, summary=False)["Reaction"].to_numpy()
        for f, groups in ((found, "all"), (wider, "all"), (found, "none"))
    )
    np.testing.assert_allclose((two - none)[..., :2], 2.0 * (one - none)[..., :2], rtol=1e-9)
    np.testing.assert_array_equal(two[..., 2], one[..., 2])


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ bs(x, df = 5) + (1 | g)",
        "y ~ ns(x, df = 3) + (scale(x) | g)",
        "y ~ poly(x, 3) * center(z) + (1 | g)",
        "y ~ standardize(x) + factor(k) + (factor(k) || g)",
    ],
)
def test_transforms_and_levels_are_those_of_the_fit_in_a_part_of_its_rows(formula: str):
    generator = np.random.default_rng(6)
    rows = np.arange(80)
    frame = {name: generator.normal(size=80) for name in ("y", "x", "z")}
    frame |= {"k": rows % 3, "g": rows % 8}
    found = random_fit(fx.Model(formula, frame))
    whole = fx.predict(found)["mean"].to_numpy()
    # Narrow in x, one level of k, two of g: what is learnt again would differ.
    part = np.flatnonzero((np.abs(frame["x"]) < 1.2) & (rows % 3 == 1) & (rows % 8 > 5))
    some = {name: column[part] for name, column in frame.items() if name != "y"}
    assert len(part) > 2
    np.testing.assert_allclose(fx.predict(found, some)["mean"], whole[part], rtol=1e-9)
