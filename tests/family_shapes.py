"""A grid of models by family and link, and the density of each response from SciPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import family_laws
import numpy as np
import pandas as pd
import shapes
from scipy import special, stats

import formix as fx
from formix.families import FAMILIES, Family


def data() -> pd.DataFrame:
    """The rows of `shapes.data`, with a response for every family."""
    frame = shapes.data()
    generator = np.random.default_rng(21)
    level = np.clip(0.4 * (frame["x"] - 2.0) + 0.1 * (np.arange(60) % 6), -2.0, 2.0)
    frame["hit"] = (generator.random(60) < special.expit(level)).astype(int)
    frame["won"] = generator.random(60) < special.expit(level)
    frame["s"] = generator.binomial(frame["n"], special.expit(level))
    frame["count"] = generator.poisson(np.exp(1.0 + level))
    frame["t"] = np.round(generator.gamma(2.0, np.exp(1.0 + level) / 2.0) + 0.01, 3)
    frame["share"] = np.clip(np.round(generator.beta(1.0 + level**2, 2.0), 3), 0.001, 0.999)
    frame["angle"] = np.round(np.random.default_rng(22).vonmises(0.5, 2.0, 60), 3)
    # Every fourth row or so is a 0, and of shares as many are a 1.
    kind = np.random.default_rng(23).integers(0, 4, 60)
    for name, source in {"gap": "t", "rare": "count", "few": "s", "part": "share"}.items():
        frame[name] = np.where(kind == 0, 0, frame[source])
    frame["ends"] = np.where(kind == 1, 1.0, frame["part"])
    return frame


@dataclass(frozen=True)
class FamilyShape:
    """A formula and a family; `name` is that of its golden file."""

    name: str
    formula: str
    family: Family

    def model(self, **options) -> fx.Model:
        return fx.Model(self.formula, data(), self.family, **options)


RESPONSES = {
    "bernoulli": ("hit", "won", "h[b]"),
    **dict.fromkeys(
        ("binomial", "beta_binomial"), ("s | trials(n)", "cbind(s, n - s)", "prop(s, n)")
    ),
    **dict.fromkeys(
        ("student", "skew_normal"), ("y", "y | se(k / 4, sigma = TRUE)", "y | weights(n)")
    ),
    **dict.fromkeys(("asymmetric_laplace", "exgaussian"), ("y",) * 3),
    **dict.fromkeys(("poisson", "negative_binomial", "nb1", "geometric"), ("count",) * 3),
    **dict.fromkeys(("gamma", "lognormal", "weibull", "exponential"), ("t",) * 3),
    "inverse_gaussian": ("t", "t", "t | weights(n)"),
    "von_mises": ("angle",) * 3,
    **dict.fromkeys(
        (
            *("zero_inflated_poisson", "zero_inflated_negative_binomial"),
            *("hurdle_poisson", "hurdle_negative_binomial"),
        ),
        ("rare",) * 3,
    ),
    **dict.fromkeys(("hurdle_gamma", "hurdle_lognormal"), ("gap",) * 3),
    "zero_inflated_binomial": ("few | trials(n)", "cbind(few, n - few)", "prop(few, n)"),
    "zero_inflated_beta": ("part",) * 3,
    "zero_one_inflated_beta": ("ends",) * 3,
    "beta": ("share",) * 3,
}
"""The response of the shapes of each family: of common effects, of intercepts, of slopes."""

_FAR = {
    **dict.fromkeys(("identity", "inverse", "1/mu^2"), " + offset(40 + n)"),
    "sqrt": " + offset(9 + n)",
}
"""What keeps a mean above 0 at the points where densities are compared."""

_WORDS = {"1/mu^2": "inverse_square"}
"""Links whose names are not those of files."""


def _shapes(family: Family) -> list[FamilyShape]:
    common, intercepts, slopes = RESPONSES[family.name]
    default, *others = family[family.main].links
    formulas = {
        "common": f"{common} ~ x + f",
        "intercepts": f"{intercepts} ~ x + (1 | g)",
        "slopes": f"{slopes} ~ x + (x | g)",
        "uncorrelated": f"{common} ~ x + (x || g)",
        "nested": f"{common} ~ x + (1 | k / c)",
    }
    found = [FamilyShape(f"{family.name}_{end}", text, family) for end, text in formulas.items()]
    for link in others:
        formula = f"{common} ~ x{_FAR.get(link, '')} + (1 | g)"
        name = f"{family.name}_{_WORDS.get(link, link)}"
        found.append(FamilyShape(name, formula, family(link=link)))
    assert default == family.link(family.main).name
    return found


SHAPES = tuple(
    shape
    for family in FAMILIES
    if family.name != "gaussian" and not (family.by_level or family.thresholds)
    for shape in _shapes(family)
)

_OTHER = {
    "student": "sigma ~ x + (1 | g); nu = 4",
    "skew_normal": "sigma ~ x + (1 | g); alpha ~ z",
    "asymmetric_laplace": "sigma ~ x + (1 | g); quantile = 0.9",
    "exgaussian": "tau ~ x + (1 | g)",
    "lognormal": "sigma ~ x + (1 | g)",
    **dict.fromkeys(("gamma", "inverse_gaussian", "negative_binomial"), "shape ~ x + (1 | g)"),
    # A mean over Gamma(1 + 1 / shape) is 0 to a computer where the shape is below 0.006.
    "weibull": "shape ~ z + (1 | g)",
    "von_mises": "kappa ~ x + (1 | g)",
    **dict.fromkeys(("beta", "beta_binomial", "nb1"), "phi ~ x + (1 | g)"),
    "zero_inflated_poisson": "zi ~ x + (1 | g)",
    "zero_inflated_negative_binomial": "zi ~ x + (1 | g); shape ~ z",
    "zero_inflated_binomial": "zi ~ x + (1 | g)",
    "zero_inflated_beta": "zi ~ x + (1 | g)",
    "zero_one_inflated_beta": "zoi ~ x + (1 | g); coi ~ z; phi = 5",
    "hurdle_poisson": "hu ~ x + (1 | g)",
    "hurdle_negative_binomial": "hu ~ x + (1 | g); shape = 2",
    "hurdle_gamma": "hu ~ x + (1 | g)",
    "hurdle_lognormal": "hu ~ x + (1 | g); sigma ~ x",
}
"""What else is predicted, or fixed, of each family that has other parameters."""

DISTRIBUTIONAL = (
    *(
        FamilyShape(f"{f.name}_distributional", f"{RESPONSES[f.name][0]} ~ x + (1 | g); {text}", f)
        for f in FAMILIES
        if (text := _OTHER.get(f.name))
    ),
    FamilyShape("shape_softplus", "t ~ x; shape ~ x", fx.gamma(shape="softplus")),
    FamilyShape("shape_identity", "t ~ x; shape ~ 1 + offset(4 + n)", fx.weibull(shape="identity")),
    FamilyShape("quantile_probit", "y ~ x; quantile ~ x", fx.asymmetric_laplace(quantile="probit")),
    FamilyShape("zi_cloglog", "rare ~ x; zi ~ x", fx.zero_inflated_poisson(zi="cloglog")),
)
"""Of each such family one of several predictors, and of each link of theirs one."""

LINKED = tuple(
    shape
    for shape in SHAPES
    if not shape.name.endswith(("_common", "_slopes", "_uncorrelated", "_nested"))
)
"""Of each family and link one shape."""

LATENT = {
    "logit": stats.logistic,
    "probit": stats.norm,
    "cloglog": stats.gumbel_l,
    "cauchit": stats.cauchy,
}
"""A success is a number below eta, of a distribution that the link of a probability names."""

MEANS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "identity": lambda eta: eta,
    "log": np.exp,
    "inverse": lambda eta: 1.0 / eta,
    "sqrt": lambda eta: np.where(eta > 0.0, eta**2, np.nan),
    "softplus": lambda eta: np.log1p(np.exp(eta)),
    "1/mu^2": lambda eta: eta**-0.5,
    "tan_half": lambda eta: 2.0 * np.arctan(eta),
    **{link: latent.cdf for link, latent in LATENT.items()},
}

Known = Mapping[str, np.ndarray]


def log_likelihood(
    model: fx.Model, eta: np.ndarray, values: Known, others: Known | None = None
) -> np.ndarray:
    """The log density of every row, of the linear predictors and of what else is known."""
    family, response = model.family, model.design.response
    link = family.link(family.main).name
    known = {**model.spec.fixed, **response.known, **values, "mu": MEANS[link](eta)}
    for name, other in (others or {}).items():
        known[name] = MEANS[family.link(name).name](other)
    if link in LATENT:
        known["not_mu"] = LATENT[link].sf(eta)
    return family_laws.LAWS[family.name](np.asarray(response.values), known)
