"""Models that the whitened engine takes: every family and link, every kind of group."""

from __future__ import annotations

from dataclasses import dataclass, field

import family_shapes
import numpy as np
import pandas as pd

import formix as fx
from formix.results.ess import mcse_mean


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
    """The rows of the families' grid, a number that is the same in many rows, levels in order."""
    frame = family_shapes.data()
    moved = 0.7 * (frame["x"] - 2.0) + np.random.default_rng(24).logistic(size=60)
    level = np.digitize(moved, [-1.5, 0.0, 1.0]) + 1
    return frame.assign(v=np.arange(60) % 2, level=pd.Categorical(level, ordered=True))


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
    Shape("count ~ x + (x | g); shape ~ z + f", "negative_binomial"),
    Shape("y ~ x + (1 | g) + (1 | k); sigma ~ x + offset(z)", "gaussian", slow=True),
    Shape("gap ~ x + (1 | g); hu ~ v; shape ~ 0 + f", "hurdle_gamma", slow=True),
    Shape("gap ~ v + (1 | g); hu ~ v", "hurdle_lognormal", slow=True),
    Shape("rare ~ x + (x | g); hu ~ x", "hurdle_poisson"),
    Shape("y ~ x + (1 | g); alpha ~ v", "skew_normal", slow=True),
    Shape("y ~ x + (x | g); tau ~ x", "exgaussian", slow=True),
    Shape("level ~ x + z + (x | g)", "cumulative"),
    Shape("level ~ v + (1 | k / c)", "cumulative(mu=probit)", {"priors": "brms"}, slow=True),
    Shape("level ~ 1 + (1 | g); disc ~ 0 + x", "cumulative(mu=cloglog)", slow=True),
    Shape("level ~ x + (x | g); disc ~ 0 + x", "sratio", {"parametrisation": "centred"}, slow=True),
    Shape("level ~ v + (1 | g)", "sratio(mu=probit)", slow=True),
    Shape("level ~ v + (1 | g)", "sratio(mu=cloglog)", slow=True),
    Shape("level ~ v + (1 | g) + (1 | k)", "cratio", slow=True),
    Shape("level ~ v + (1 | g)", "cratio(mu=probit)", slow=True),
    Shape("level ~ v + (1 | g)", "cratio(mu=cloglog)", slow=True),
    Shape("level ~ x + z + (1 | g)", "acat"),
    Shape("count | trunc(lb = -1, ub = 60) ~ x + (1 | g)", "poisson", slow=True),
    Shape("t | cens(l) ~ x + (x | g)", "weibull"),
    Shape("hit ~ x + (1 | g) + (1 | k) + (1 | c)", "bernoulli"),
    Shape("hit ~ x + (x | g)", "bernoulli", {"priors": {"sd_g[x]": "Uniform(0, 5)"}}),
    Shape("count | cens(l) ~ x + (1 | g)", "poisson", slow=True),
    Shape("count | cens(l) ~ x + (1 | g)", "negative_binomial", slow=True),
    Shape("t | cens(l) ~ x + (1 | g)", "gamma", slow=True),
    Shape("t | cens(l) ~ x + (x | g)", "lognormal", slow=True),
    Shape("t | trunc(lb = 0.001) ~ x + (x | g)", "lognormal", slow=True),
    Shape("y | trunc(lb = -100) ~ x + (x | g)", "gaussian", slow=True),
    Shape("t | weights(n) ~ x + (1 | g)", "gamma", slow=True),
    Shape("y | weights(n) ~ x + (1 | g); sigma ~ x", "gaussian", slow=True),
    Shape("s | trials(n) ~ x + (1 | g)", "binomial", slow=True),
    Shape("count ~ x + (x | g); shape = 4", "negative_binomial", slow=True),
    Shape("hit ~ x + (1 | k / c) + (1 | g)", "bernoulli", slow=True),
    Shape("hit ~ x + (x | k / c) + (z | g)", "bernoulli", slow=True),
    Shape("count ~ x + (x | k / c) + (z | g) + (1 | h)", "poisson", slow=True),
    Shape("hit ~ 1 + (1 | k) + (1 | k:c) + (1 | k:c:h)", "bernoulli", slow=True),
    Shape("hit ~ 0 + x + (0 + x + z | g)", "bernoulli", slow=True),
    Shape("hit ~ x + (x + z + lambda + n | g)", "bernoulli", slow=True),
    Shape("hit ~ x + (1 | g) + (0 + x | g) + (z | k)", "bernoulli", slow=True),
    Shape("hit ~ x + (x + z || k) + (x | g)", "bernoulli", slow=True),
    Shape("hit ~ x + ar1(0 + f | g)", "bernoulli", slow=True),
    Shape("hit ~ x + (1 | g) + (x | k)", "bernoulli", {"parametrisation": "centred"}, slow=True),
    Shape("hit ~ x + (x | g)", "bernoulli", {"priors": {"cor_g": "LKJ(3.5)"}}, slow=True),
)


def assert_same(exact, drawn) -> None:
    """Each mean is within four of its standard errors: in all but 3e-3 of seeds."""
    for site in ("beta", "sd_g", "r_g", "sigma"):
        ours, theirs = drawn.values[site], exact[site].to_numpy()
        apart = ours.mean(axis=(0, 1)) - theirs.mean(axis=(0, 1))
        error = np.hypot(mcse_mean(ours), mcse_mean(theirs))
        assert np.all(np.abs(apart) < 4.0 * error), site
        np.testing.assert_allclose(ours.std(axis=(0, 1)), theirs.std(axis=(0, 1)), rtol=0.15)
