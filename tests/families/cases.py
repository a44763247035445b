"""What each family is tested on: parameters, responses, its priors, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

DATA = pd.DataFrame(
    {
        "x": np.arange(4.0),
        "count": [0, 2, 5, 3],
        "n": [5, 5, 5, 8],
        "few": [1, 1, 9, 9],
        "half": [0.5, 1.0, 0.25, 3.0],
        "low": [0.5, -1.0, 0.25, 3.0],
        "wide": [0.5, -1.0, 0.25, 4.0],
        "share": [0.5, 0.9, 0.01, 0.3],
        "part": [0.0, 0.9, 0.0, 0.3],
        "all": [0.0, 0.9, 1.0, 0.3],
        "gap": [0.0, 1.0, 0.0, 3.0],
        "hit": [0, 1, 1, 0],
        "f": ["a", "b", "a", "b"],
        "h": ["a", "b", "c", "b"],
    }
)
"""Four rows with a response for every family, and one that it refuses."""

Points = tuple[Mapping[str, float], ...]


@dataclass(frozen=True)
class Case:
    """One family.

    Parameters
    ----------
    response
        One of `DATA` that it takes.
    points
        Parameters at which its density, moments and draws are compared.
    priors
        Those of its own parameters without a predictor: `(parameter, set, text)`.
    refused
        Responses of `DATA` that it does not take, and what it says of each.
    """

    response: str
    points: Points
    priors: tuple[tuple[str, str, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = field(default=())


NOT_BELOW = "is a number of at least 0; `low` is not in 1 row: -1"
NOT_ABOVE = "is a number above 0; `count` is not in 1 row: 0"
NOT_A_COUNT = "is a whole number of at least 0; `half` is not in 2 rows: 0.5, 0.25"
NOT_TRIALS = (
    ("count", "the response `count` does not say of how many trials"),
    ("count", "or `count | trials(n)`; for 0 and 1 take the family bernoulli"),
    ("count | trials(few)", "is a whole number between 0 and its trials; `count` is not in 1 row"),
    ("prop(half, n)", "`prop(half, n)` is not in 2 rows: 0.5, 0.25"),
    ("cbind(count, n - half)", "the trials of `cbind(count, n - half)` are not whole numbers"),
    ("f | trials(n)", "is not numeric"),
)
SHAPE = (("shape", "default", "InverseGamma(0.4, 0.3)"), ("shape", "brms", "Gamma(0.01, 0.01)"))
NB_SHAPE = (SHAPE[0], ("shape", "brms", "InverseGamma(0.4, 0.3)"))
ZI, HU = (((name, "default", "Beta(1, 1)"), (name, "brms", "Beta(1, 1)")) for name in ("zi", "hu"))
PHI = (("phi", "default", "InverseGamma(0.4, 0.3)"), ("phi", "brms", "Gamma(0.01, 0.01)"))
# The standard deviation of `low`, and brms's least scale.
SIGMA = (("sigma", "default", "HalfStudentT(3, 1.675)"), ("sigma", "brms", "HalfStudentT(3, 2.5)"))


CASES: dict[str, Case] = {
    "gaussian": Case("low", ({"mu": 3.0, "sigma": 0.5}, {"mu": -1.0, "sigma": 2.0}), SIGMA),
    "student": Case(
        "low",
        ({"mu": 3.0, "sigma": 0.5, "nu": 12.0}, {"mu": 0.0, "sigma": 2.0, "nu": 9.0}),
        (
            *SIGMA,
            ("nu", "default", "Gamma(2, 0.1)"),
            ("nu", "brms", "TruncatedGamma(2, 0.1, low=1)"),
        ),
    ),
    "skew_normal": Case(
        "low",
        ({"mu": 3.0, "sigma": 0.5, "alpha": 4.0}, {"mu": -1.0, "sigma": 2.0, "alpha": -1.5}),
        (*SIGMA, ("alpha", "default", "Normal(0, 4)"), ("alpha", "brms", "Normal(0, 4)")),
    ),
    "asymmetric_laplace": Case(
        "low",
        (
            {"mu": 3.0, "sigma": 0.5, "quantile": 0.9},
            {"mu": -1.0, "sigma": 2.0, "quantile": 0.3},
        ),
        (*SIGMA, ("quantile", "default", "Beta(1, 1)"), ("quantile", "brms", "Beta(1, 1)")),
    ),
    "exgaussian": Case(
        "low",
        ({"mu": 3.0, "sigma": 0.5, "tau": 1.5}, {"mu": -1.0, "sigma": 2.0, "tau": 0.3}),
        (
            *SIGMA,
            ("tau", "default", "HalfStudentT(3, 1.675)"),
            ("tau", "brms", "Gamma(1, 0.1)"),
        ),
    ),
    "lognormal": Case(
        "half",
        ({"mu": 0.5, "sigma": 0.2}, {"mu": -1.0, "sigma": 0.4}),
        (
            ("sigma", "default", "HalfStudentT(3, 1.06)"),
            ("sigma", "brms", "HalfStudentT(3, 2.5)"),
        ),
        (("count", NOT_ABOVE),),
    ),
    "gamma": Case(
        "half",
        ({"mu": 0.5, "shape": 1.5}, {"mu": 7.0, "shape": 1.2}),
        SHAPE,
        (("count", NOT_ABOVE),),
    ),
    "inverse_gaussian": Case(
        "half",
        ({"mu": 0.5, "shape": 1.5}, {"mu": 7.0, "shape": 20.0}),
        (
            ("shape", "default", "InverseGamma(0.4, 1.248)"),
            ("shape", "brms", "Gamma(0.01, 0.01)"),
        ),
        (("count", NOT_ABOVE),),
    ),
    "weibull": Case(
        "half",
        ({"mu": 0.5, "shape": 1.5}, {"mu": 7.0, "shape": 3.0}),
        (("shape", "default", "LogNormal(0, 1)"), ("shape", "brms", "Gamma(0.01, 0.01)")),
        (("count", NOT_ABOVE),),
    ),
    "exponential": Case("count", ({"mu": 0.5}, {"mu": 7.0}), (), (("low", NOT_BELOW),)),
    "von_mises": Case(
        "low",
        ({"mu": 0.5, "kappa": 1.5}, {"mu": -2.0, "kappa": 20.0}),
        (("kappa", "default", "Gamma(2, 0.01)"), ("kappa", "brms", "Gamma(2, 0.01)")),
        (("wide", "is an angle from -pi to pi; `wide` is not in 1 row: 4"),),
    ),
    "beta": Case(
        "share",
        ({"mu": 0.3, "phi": 4.0}, {"mu": 0.7, "phi": 5.0}),
        PHI,
        (("half", "is a number above 0 and below 1; `half` is not in 2 rows: 1, 3"),),
    ),
    "bernoulli": Case("hit", ({"mu": 0.1}, {"mu": 0.7})),
    "binomial": Case(
        "count | trials(n)",
        ({"mu": 0.4, "trials": 1.0}, {"mu": 0.1, "trials": 12.0}),
        (),
        NOT_TRIALS,
    ),
    "beta_binomial": Case(
        "prop(count, n)",
        ({"mu": 0.4, "trials": 5.0, "phi": 3.0}, {"mu": 0.1, "trials": 12.0, "phi": 20.0}),
        PHI,
        NOT_TRIALS,
    ),
    "poisson": Case("count", ({"mu": 0.3}, {"mu": 7.0}), (), (("half", NOT_A_COUNT),)),
    "negative_binomial": Case(
        "count",
        ({"mu": 0.5, "shape": 1.5}, {"mu": 7.0, "shape": 0.8}),
        NB_SHAPE,
        (("half", NOT_A_COUNT),),
    ),
    "nb1": Case(
        "count",
        ({"mu": 0.5, "phi": 1.5}, {"mu": 7.0, "phi": 0.8}),
        (("phi", "default", "Gamma(0.4, 0.3)"), ("phi", "brms", "Gamma(0.4, 0.3)")),
        (("half", NOT_A_COUNT),),
    ),
    "zero_inflated_poisson": Case(
        "count", ({"mu": 0.5, "zi": 0.2}, {"mu": 7.0, "zi": 0.6}), ZI, (("half", NOT_A_COUNT),)
    ),
    "zero_inflated_negative_binomial": Case(
        "count",
        ({"mu": 0.5, "shape": 1.5, "zi": 0.2}, {"mu": 7.0, "shape": 0.8, "zi": 0.6}),
        (*NB_SHAPE, *ZI),
        (("half", NOT_A_COUNT),),
    ),
    "zero_inflated_binomial": Case(
        "prop(count, n)",
        ({"mu": 0.4, "trials": 5.0, "zi": 0.2}, {"mu": 0.1, "trials": 12.0, "zi": 0.6}),
        ZI,
        NOT_TRIALS,
    ),
    "zero_inflated_beta": Case(
        "part",
        ({"mu": 0.3, "phi": 4.0, "zi": 0.2}, {"mu": 0.7, "phi": 5.0, "zi": 0.6}),
        (*PHI, *ZI),
        (("all", "is a number of at least 0 and below 1; `all` is not in 1 row: 1"),),
    ),
    "zero_one_inflated_beta": Case(
        "all",
        (
            {"mu": 0.3, "phi": 4.0, "zoi": 0.2, "coi": 0.3},
            {"mu": 0.7, "phi": 5.0, "zoi": 0.6, "coi": 0.9},
        ),
        (
            *PHI,
            *(
                (name, priors, "Beta(1, 1)")
                for name in ("zoi", "coi")
                for priors in ("default", "brms")
            ),
        ),
        (("half", "is a number from 0 to 1; `half` is not in 1 row: 3"),),
    ),
    "hurdle_poisson": Case(
        "count", ({"mu": 0.5, "hu": 0.2}, {"mu": 7.0, "hu": 0.6}), HU, (("half", NOT_A_COUNT),)
    ),
    "hurdle_negative_binomial": Case(
        "count",
        ({"mu": 0.5, "shape": 1.5, "hu": 0.2}, {"mu": 7.0, "shape": 0.8, "hu": 0.6}),
        (*NB_SHAPE, *HU),
        (("half", NOT_A_COUNT),),
    ),
    "hurdle_gamma": Case(
        "gap",
        ({"mu": 0.5, "shape": 1.5, "hu": 0.2}, {"mu": 7.0, "shape": 1.2, "hu": 0.6}),
        (*SHAPE, *HU),
        (("low", NOT_BELOW),),
    ),
    "hurdle_lognormal": Case(
        "gap",
        ({"mu": 0.5, "sigma": 0.2, "hu": 0.2}, {"mu": -1.0, "sigma": 0.4, "hu": 0.6}),
        (
            # The standard deviation of log 1 and log 3: zeros say nothing of it.
            ("sigma", "default", "HalfStudentT(3, 0.7768)"),
            ("sigma", "brms", "HalfStudentT(3, 2.5)"),
            *HU,
        ),
        (("low", NOT_BELOW),),
    ),
    "geometric": Case("count", ({"mu": 0.5}, {"mu": 7.0}), (), (("half", NOT_A_COUNT),)),
}
"""The case of every family, by its name."""

OF_TRIALS = frozenset({"bernoulli", "binomial", "beta_binomial", "zero_inflated_binomial"})
"""Families whose responses are not one number a row."""


def refusals(name: str) -> list[tuple[str, str]]:
    """The responses that a family refuses: its own, and those of all that take one number."""
    found = list(CASES[name].refused)
    if name not in OF_TRIALS:
        found += [
            ("f", f"the response `f` is not numeric; a {name} response is a number"),
            ("prop(count, n)", f"a {name} response is one number a row"),
        ]
    return found
