"""REML and ML estimates of every Gaussian fit, against lme4's: R 4.2.2, lme4 1.1-31."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
from r_results import dataset, results

import formix as fx
from formix.engines.marginal.coefficients import coefficients
from formix.engines.marginal.criterion import Criterion
from formix.engines.marginal.density import algebra
from formix.engines.marginal.structure import structure
from formix.errors import RankWarning
from formix.maximum import Estimates
from formix.spec import Spec

FITS = {entry["id"]: entry for entry in results("estimates")}
LARGE = {"insteval", "insteval_sub", "insteval_sub_factors", "chem97"}
METHODS = ("REML", "ML")

NEARLY = {"sleepstudy_phase_helmert"}
"""Of a correlation that is one, which lme4 does not say because its search stopped a little off."""

CASES = [
    pytest.param(name, method, marks=[pytest.mark.slow] if name in LARGE else [])
    for name in FITS
    for method in METHODS
]


@cache
def model_of(name: str) -> fx.Model:
    entry = FITS[name]
    contrasts = {
        factor: coding.removeprefix("contr.")
        for factor, coding in (entry["contrasts"] or {}).items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RankWarning)
        formula = with_weights(entry["formula"], entry["weights"])
        return fx.Model(formula, dataset(entry["dataset"]), contrasts=contrasts or None)


def with_weights(formula: str, weights: str | None) -> str:
    """The formula with lme4's argument as an addition to the response."""
    response, tilde, terms = formula.partition("~")
    return f"{response}| weights({weights}) {tilde}{terms}" if weights else formula


@cache
def found(name: str, method: str) -> Estimates:
    return getattr(model_of(name), method.lower())()


def rounding(value: float) -> float:
    """Half of the last digit that is stored of a number."""
    return 0.5 * 10.0 ** -len(repr(value).partition(".")[2])


def factors(group: str) -> frozenset[str]:
    """The factors of a group as lme4 names it; a second term of one group is `Subject.1`."""
    return frozenset(re.sub(r"\.\d+$", "", group).split(":"))


def place(spec: Spec, group: str, names: list[str]) -> tuple[int, list[int]]:
    """Where lme4's block stands among our groups, and its effects within that."""
    for number, blocks in enumerate(spec.groups):
        r_names = [effect.column.r for block in blocks for effect in block.effects]
        if frozenset(blocks[0].factors) == factors(group) and set(names) <= set(r_names):
            return number, [r_names.index(name) for name in names]
    raise AssertionError(group)


@pytest.mark.parametrize(("name", "method"), CASES)
def test_optimum_is_lme4s(name: str, method: str):
    spec, ours, theirs = model_of(name).spec, found(name, method), FITS[name][method.lower()]
    assert ours.loglik >= theirs["logLik"] - 1e-6 - rounding(theirs["logLik"])
    assert ours.loglik == pytest.approx(theirs["logLik"], rel=1e-6)
    fixed = theirs["fixed"]
    r_names = [column.r for column in spec.predictors[0].columns]
    order = [r_names.index(r) for r in fixed["names"]]
    se = np.array(fixed["se"])
    estimate = ours.fixed["estimate"].to_numpy()[order]
    np.testing.assert_array_less(np.abs(estimate - fixed["estimate"]), 1e-3 * se + 1e-12)
    if theirs["singular"] or name in NEARLY:
        assert ours.singular
        return
    np.testing.assert_allclose(ours.fixed["se"].to_numpy()[order], se, rtol=1e-3)
    assert ours.sigma == pytest.approx(theirs["sigma"], rel=5e-4)
    assert not ours.singular
    for block in theirs["varcomp"]:
        check_block(spec, ours, block)


def check_block(spec: Spec, ours: Estimates, block: dict[str, Any]) -> None:
    number, places = place(spec, block["group"], block["names"])
    blocks = spec.groups[number]
    labels = [label for own in blocks for label in own.labels]
    component = ours.varcorr["estimate"].xs(blocks[0].group, level="group")
    for j, sd in zip(places, block["sd"], strict=True):
        mine = component[f"sd({labels[j]})"]
        assert abs(mine - sd) < max(5e-4 * sd, 1e-3 * ours.sigma)
    for a in range(len(places)):
        for b in range(a):
            mine = component[f"cor({labels[places[b]]}, {labels[places[a]]})"]
            assert abs(mine - block["corr"][a][b]) < 1e-3


@pytest.mark.parametrize("name", [n for n in FITS if "ranef" in FITS[n] and n not in LARGE])
def test_conditional_modes_are_lme4s(name: str):
    if FITS[name]["reml"]["singular"]:
        pytest.skip("lme4's stored optimum is off by more than the modes are known")
    spec, ours = model_of(name).spec, found(name, "REML")
    for group in FITS[name]["ranef"]:
        number, places = place(spec, group["group"], group["columns"])
        block = spec.groups[number][0]
        named = block.group.split(":")
        theirs = re.split(":", group["group"])
        order = [theirs.index(factor) for factor in named]
        levels = [str(level) for level in group["levels"]]
        if len(order) > 1:
            levels = [":".join(np.array(level.split(":"))[order]) for level in levels]
        labels = [label for own in spec.groups[number] for label in own.labels]
        for j, values, sds in zip(places, group["values"], group["cond_sd"], strict=True):
            mine = ours.ranef.xs((block.group, labels[j]), level=("group", "effect"))
            mine.index = mine.index.astype(str)
            mine = mine.loc[levels]
            np.testing.assert_allclose(mine["sd"], sds, rtol=1e-3)
            scale = np.std(values)
            np.testing.assert_allclose(mine["estimate"], values, atol=1e-3 * scale, rtol=1e-3)


@pytest.mark.parametrize(("name", "method"), CASES)
def test_likelihood_at_lme4s_estimates_is_lme4s(name: str, method: str):
    spec, theirs = model_of(name).spec, FITS[name][method.lower()]
    if theirs["singular"]:
        pytest.skip("a covariance of lower rank has no Cholesky factor")
    of = structure(spec)
    criterion = Criterion(of, algebra(of, coefficients(of, priors=False)), method)
    relative = [np.zeros((group.size, group.size)) for group in of.groups]
    for block in theirs["varcomp"]:
        number, places = place(spec, block["group"], block["names"])
        sd = np.array(block["sd"]) / theirs["sigma"]
        covariance = np.outer(sd, sd) * np.array(block["corr"], dtype=float)
        relative[number][np.ix_(places, places)] = covariance
    roots = [np.linalg.cholesky(matrix) for matrix in relative]
    theta = np.array([[roots[f][i, j] for f, i, j in criterion.places]])
    mine = criterion.log_likelihood(theta)[0]
    assert mine == pytest.approx(theirs["logLik"], rel=1e-6)


def test_the_grid_is_whole():
    assert len(FITS) == 40
    assert sum(FITS[name]["reml"]["singular"] for name in FITS) >= 2
