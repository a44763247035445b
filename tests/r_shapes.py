"""Models of which the calls in R are reviewed, one of every way in which the two differ."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import formix as fx

BRMS = {"priors": "brms"}

SHAPES: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "sleepstudy": ("Reaction ~ Days + (Days | Subject)", "gaussian", {}),
    "brms": ("Reaction ~ Days + (Days | Subject)", "gaussian", BRMS),
    "flat": ("Reaction ~ Days + (Days | Subject)", "gaussian", {"priors": "flat"}),
    "weights": (
        "Reaction | weights(w) ~ scale(Days) + I(Days^2) + (1 | Subject)",
        "gaussian",
        {"priors": {"beta[scale(Days)]": "Normal(0, 9)", "sd": "HalfNormal(50)"}},
    ),
    "dependent": ("Reaction ~ Days + poly(Days, 2) + (1 | Subject)", "gaussian", {}),
    "likelihood_weights": (
        'Reaction | weights(w, kind = "likelihood") ~ Days + (1 | Subject)', "gaussian", BRMS
    ),
    "trials": ("k | trials(n) ~ Days + (Days || Subject)", "binomial", BRMS),
    "proportion": ("prop(k, n) ~ Days + (1 | Subject)", "binomial", BRMS),
    "successes": (
        "cbind(k, n - k) ~ center(Days) + bs(Days) + `_u` + (1 | Subject)", "binomial", {}
    ),
    "of_a_level": ("half[b] ~ Days + (1 | Subject)", "bernoulli", {"priors": "flat"}),
    "ordered": ("kind ~ Days + (1 | Subject)", "cumulative", {}),
    "levels": ("kind ~ Days + (1 | Subject)", "categorical", {}),
    "shared": (
        "Reaction ~ Days + (Days | p | Subject); sigma ~ Days + (1 | p | Subject)", "gaussian", {}
    ),
    "dispersion": ("Reaction ~ Days; sigma ~ Days", "gaussian", BRMS),
    "fixed": ("Reaction ~ 0 + Days + (1 | Subject); nu = 4", "student", {}),
    "functions": (
        "log(Reaction) ~ np.log1p(Days) + offset(w) + diag(Days | Subject)", "gaussian", {}
    ),
    "factor_double_bar": ("Reaction ~ Days + (kind || Subject)", "gaussian", BRMS),
    "lognormal": ("Reaction ~ Days + (1 | Subject)", "lognormal", BRMS),
    "shrunk": ("Reaction ~ Days + w + (1 | Subject)", "gamma", {"priors": {"beta": "Horseshoe()"}}),
    "rate": ("k | rate(w) ~ Days + (1 | Subject)", "negative_binomial", {}),
    "truncated": ("k | trunc(ub = 10) ~ Days", "poisson", BRMS),
    "no_groups": ("k ~ Days", "poisson", BRMS),
    "columns": ("cbind(k, n, one) ~ Days + (1 | Subject)", "multinomial", BRMS),
    "compound": ("Reaction ~ Days + cs(0 + kind | Subject)", "gaussian", BRMS),
    "by": ("Reaction ~ Days + (Days | gr(Subject, by = half_of))", "gaussian", {}),
    "members": ("Reaction ~ Days + (1 | mm(first, second))", "gaussian", {}),
    "zeros": ("k ~ Days + (1 | Subject); zi ~ Days", "zero_inflated_poisson", BRMS),
    "renamed": ("Reaction ~ Days + (1 | Subject); tau ~ Days", "exgaussian", {}),
    "contrasts": (
        "Reaction ~ Days * kind + (1 | Subject)",
        "gaussian",
        {
            "contrasts": {"kind": "sum"},
            "priors": {"sigma^2": "InverseGamma(1, 1)", "beta[Days]": "HalfNormal(3)"},
        },
    ),
    "dot": (
        "Reaction ~ . - half - kind - half_of - first - second + (1 | Subject)", "gaussian", BRMS
    ),
}  # fmt: skip
"""Formula, family and options by name, on the data below."""


@cache
def data() -> pd.DataFrame:
    rows = np.arange(180)
    return fx.load("sleepstudy").assign(
        w=1.0 + rows % 3,
        n=10,
        k=rows % 9,
        one=1,
        half=np.where(rows % 2, "a", "b"),
        kind=lambda d: pd.cut(d["Reaction"], [0, 260, 310, 900], labels=["low", "mid", "high"]),
        _u=rows % 7,
        half_of=np.where(rows < 90, "a", "b"),
        first=lambda d: d["Subject"].astype(str),
        second=lambda d: d["Subject"].astype(str).to_numpy()[::-1],
    )


def model_of(name: str) -> fx.Model:
    formula, family, options = SHAPES[name]
    with warnings.catch_warnings():
        # What a fit would warn of is no matter here.
        warnings.simplefilter("ignore", fx.FormixWarning)
        return fx.Model(formula, data(), family, **options)
