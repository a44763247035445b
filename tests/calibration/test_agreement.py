"""The marginal engine and NUTS on ten data sets: the same posterior, within Monte Carlo error.

Means and standard deviations of every coefficient, standard deviation, correlation and sigma, and
of the effects of the first levels of each group, differ by no more than chance. NUTS samples the
generated program as it stands, and shares neither algebra nor proposals with `marginal`.

References
----------
Flegal, Haran and Jones (2008), doi:10.1214/08-STS257 (Monte Carlo standard errors).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import formix as fx
from formix.engines import nuts
from formix.engines.marginal import sampling
from formix.results.ess import convergence, mcse_mean

FALSE_ALARM = 1e-3
"""The probability that any of the ten fails where the engines agree; shared out evenly among the
data sets and, within each, among its comparisons, as if errors of Monte Carlo were normal."""

DRAWS, CHAINS, WARMUP = 4000, 4, 1000
LEVELS = 5
"""Levels of each group whose effects are compared."""

Values = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """A formula, its data, and how carefully NUTS must step where the posterior has a funnel."""

    formula: str
    data: Callable[[], pd.DataFrame]
    target_accept: float = 0.95


def packaged(name: str) -> Callable[[], pd.DataFrame]:
    return lambda: fx.load(name)


def few_ratings() -> pd.DataFrame:
    """Ratings of the students and lecturers of one department who have at least four."""
    data = fx.load("InstEval")
    data = data[data["dept"] == "2"]
    for column in ("d", "s"):
        data = data[data.groupby(column, observed=True)["y"].transform("size") >= 4]
    first = data["d"].drop_duplicates()[:20]
    data = data[data["d"].isin(first)]
    return data.assign(**{c: data[c].cat.remove_unused_categories() for c in ("s", "d")})


def simulated() -> pd.DataFrame:
    """Three hundred rows, twelve levels of `g` with slopes, and seven of `h`, crossed."""
    generator = np.random.default_rng(70)
    g, h = generator.integers(0, 12, 300), generator.integers(0, 7, 300)
    x = generator.normal(2.0, 1.0, 300)
    slopes, g_effects = 0.7 * generator.normal(size=12), 1.2 * generator.normal(size=12)
    mean = 3.0 + g_effects[g] + (1.0 + slopes[g]) * x + 0.8 * generator.normal(size=7)[h]
    return pd.DataFrame({"y": mean + 1.5 * generator.normal(size=300), "x": x, "g": g, "h": h})


CASES = {
    "sleepstudy": Case("Reaction ~ Days + (Days | Subject)", packaged("sleepstudy")),
    "Penicillin": Case("diameter ~ 1 + (1 | plate) + (1 | sample)", packaged("Penicillin")),
    "Pastes": Case("strength ~ 1 + (1 | batch / cask)", packaged("Pastes"), 0.99),
    "cake": Case("angle ~ recipe * temperature + (1 | recipe:replicate)", packaged("cake")),
    "Dyestuff": Case("Yield ~ 1 + (1 | Batch)", packaged("Dyestuff"), 0.99),
    "Dyestuff2": Case("Yield ~ 1 + (1 | Batch)", packaged("Dyestuff2"), 0.99),
    "sleep": Case("extra ~ group + (1 | ID)", packaged("sleep")),
    "cbpp": Case("incidence ~ period + (1 | herd)", packaged("cbpp")),
    "InstEval": Case("y ~ service + (1 | s) + (1 | d)", few_ratings),
    "simulated": Case("y ~ x + (x || g) + (1 | h)", simulated),
}


def by_marginal(model: fx.Model) -> Values:
    return sampling.run(model.spec, draws=DRAWS, chains=CHAINS, seed=71).values


def by_nuts(model: fx.Model, target_accept: float) -> Values:
    """Draws of NUTS, checked: poor ones would agree with nothing, or with anything."""
    drawn = nuts.run(
        model.spec,
        model.program,
        draws=DRAWS,
        warmup=WARMUP,
        chains=CHAINS,
        seed=72,
        target_accept=target_accept,
    )
    assert np.mean(drawn.stats["diverging"]) < 1e-3
    for values in compared(drawn.values).values():
        found = convergence(values)
        assert np.max(found.rhat) < 1.01
        assert np.min(found.ess_bulk) > 1000
    return drawn.values


def compared(values: Values) -> Values:
    """What is compared, each of chain, draw and element."""
    chosen: Values = {}
    for site, each in values.items():
        if site.startswith("cor_"):
            rows, columns = np.tril_indices(each.shape[-1], -1)
            each = each[..., rows, columns]
        if site.startswith("r_"):
            each = each[:, :, :LEVELS]
        chosen[site] = each.reshape(*each.shape[:2], -1)
    return chosen


def z_scores(one: Values, other: Values) -> dict[str, np.ndarray]:
    """Differences of means and of standard deviations over their standard errors, by site."""
    found: dict[str, np.ndarray] = {}
    ours, theirs = compared(one), compared(other)
    assert ours.keys() == theirs.keys()
    for site in ours:
        (mean, mean_error, sd, sd_error), (mean_2, mean_error_2, sd_2, sd_error_2) = (
            moments(values[site]) for values in (ours, theirs)
        )
        found[site] = np.concatenate(
            [
                (mean - mean_2) / np.hypot(mean_error, mean_error_2),
                (sd - sd_2) / np.hypot(sd_error, sd_error_2),
            ]
        )
    return found


def moments(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The mean, its standard error, the standard deviation and its own, by the delta method."""
    mean = draws.mean(axis=(0, 1))
    squares = np.square(draws - mean)
    sd = np.sqrt(squares.mean(axis=(0, 1)))
    return mean, mcse_mean(draws), sd, mcse_mean(squares) / (2.0 * sd)


def agree(one: Values, other: Values) -> bool:
    z = np.concatenate(list(z_scores(one, other).values()))
    share = FALSE_ALARM / len(CASES) / len(z)
    return bool(np.max(np.abs(z)) < stats.norm.isf(share / 2.0))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_engines_agree(name: str):
    case = CASES[name]
    model = fx.Model(case.formula, case.data())
    assert agree(by_marginal(model), by_nuts(model, case.target_accept))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("site", "wrong"),
    [
        ("beta", lambda draws: draws + 0.1 * draws.std(axis=(0, 1))),
        ("sd_g", lambda draws: draws[..., ::-1]),
        ("sigma", lambda draws: draws.mean() + 1.1 * (draws - draws.mean())),
        ("r_h", lambda draws: draws[:, :, ::-1]),
    ],
    ids=["shifted", "swapped", "too_wide", "reversed_levels"],
)
def test_what_is_wrong_is_found(site: str, wrong: Callable[[np.ndarray], np.ndarray]):
    """Two runs of `marginal`, one of them distorted: the comparison has the power to tell."""
    model = fx.Model(CASES["simulated"].formula, simulated())
    right = by_marginal(model)
    again = sampling.run(model.spec, draws=DRAWS, chains=CHAINS, seed=73).values
    assert agree(right, again)
    assert not agree(right, {**again, site: wrong(again[site])})
