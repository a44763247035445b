"""Models that the whitened engine takes: every family and link, every kind of group."""

from __future__ import annotations

from dataclasses import dataclass, field

import family_shapes
import numpy as np
import pandas as pd

import formix as fx


@dataclass(frozen=True)
class Shape:
    """A formula, its family, and what is given with them."""

    formula: str
    family: str
    options: dict[str, object] = field(default_factory=dict)
    slow: bool = False

    def model(self) -> fx.Model:
        return fx.Model(self.formula, data(), self.family, **self.options)

    @property
    def name(self) -> str:
        return f"{self.family}: {self.formula}"


def data() -> pd.DataFrame:
    """The rows of the families' grid, with a number that is the same in many rows."""
    return family_shapes.data().assign(v=np.arange(60) % 2)


SHAPES = (
    Shape("hit ~ x + (x | g)", "bernoulli"),
    Shape("s | trials(n) ~ x + (1 | g) + (1 | k)", "binomial(mu=probit)"),
    Shape("hit ~ v + (1 | g)", "bernoulli(mu=cloglog)"),
    Shape("count ~ x + offset(log(n)) + (x | k / c)", "poisson"),
    Shape("count ~ x + (x || g)", "negative_binomial"),
    Shape("count ~ 0 + (1 | g)", "geometric", slow=True),
    Shape("t ~ x + (x | g) + (0 + f | g)", "gamma"),
    Shape("t ~ f + (1 | c / h / l) + (x | g)", "exponential", slow=True),
    Shape("t ~ x + cs(1 + x + z | g) + (1 | k)", "weibull"),
    Shape("t ~ x + (x + z + f | g)", "lognormal"),
    Shape("y | cens(l) ~ x + (1 | g)", "gaussian"),
    Shape("hit ~ x + (x | g)", "bernoulli", {"parametrisation": "centred"}),
    Shape(
        "count ~ x + z + (x | g)",
        "poisson",
        {"priors": {"beta[x]": "StudentT(3, 0, 2.5)", "sd_g[x]^2": "InverseGamma(2, 1)"}},
    ),
    Shape("count ~ x + (x | g)", "poisson", {"priors": "flat"}, slow=True),
    Shape("hit ~ x + (x | g) + ar1(0 + f | g) + cs(0 + l | g)", "bernoulli", slow=True),
    Shape("hit ~ x + (x | g) + (z || k)", "bernoulli", {"priors": "brms"}, slow=True),
    Shape("count ~ x + (1 | g)", "poisson(mu=softplus)", slow=True),
    Shape("prop(s, n) ~ x + (1 | g)", "binomial", slow=True),
    Shape("s | trials(n) ~ x + (1 | g)", "binomial(mu=cloglog)", slow=True),
    Shape("hit ~ x + (1 | g)", "bernoulli(mu=probit)", slow=True),
    Shape("count | weights(n, kind = 'likelihood') ~ x + (1 | g)", "poisson", slow=True),
    Shape("count | rate(n) ~ x + (1 | g)", "negative_binomial", slow=True),
)
