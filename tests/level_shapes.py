"""Models of several predictors, of levels among them, and their densities from SciPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapes
from scipy import special, stats

import formix as fx
from formix.families import FAMILIES, Family

Values = Mapping[str, np.ndarray]

LEVELS = tuple(family for family in FAMILIES if family.by_level or family.thresholds)


def data() -> pd.DataFrame:
    """The rows of `shapes.data`, with an ordered factor, a plain one, and counts of three."""
    frame = shapes.data()
    generator = np.random.default_rng(22)
    latent = 0.5 * (frame["x"] - 2.0) + generator.logistic(size=60)
    codes = np.digitize(latent, [-1.0, 0.2, 1.5])
    grades = pd.CategoricalDtype(["no", "low", "mid", "high"], ordered=True)
    frame["grade"] = pd.Categorical.from_codes(codes, dtype=grades)
    frame["step"] = codes + 1
    # How much of a row is known, and the level above its own, where there is one.
    status = np.array(["none", "left", "right", "interval"])[np.arange(60) % 4]
    frame["seen"] = np.where((codes == 3) & (np.arange(60) % 4 > 1), "none", status)
    frame["upto"] = np.array(grades.categories)[np.minimum(codes + 1, 3)]
    frame["kind"] = np.array(["red", "green", "blue"])[generator.integers(0, 3, 60)]
    counts = generator.multinomial(frame["n"], [0.5, 0.3, 0.2])
    shares = np.round(generator.dirichlet([3.0, 2.0, 1.0], 60), 3) + 0.001
    for j, name in enumerate(("a", "b", "d")):
        frame[f"n_{name}"], frame[f"p_{name}"] = counts[:, j], shares[:, j] / shares.sum(1)
    return frame


@dataclass(frozen=True)
class LevelShape:
    """A formula and a family; `name` is that of its golden file."""

    name: str
    formula: str
    family: Family

    def model(self, **options) -> fx.Model:
        return fx.Model(self.formula, data(), self.family, **options)


_RESPONSES = {
    "categorical": "kind",
    "multinomial": "cbind(n_a, n_b, n_d)",
    "dirichlet": "cbind(p_a, p_b, p_d)",
}

_OTHER = {
    "dirichlet": "phi ~ x + (1 | g)",
    **dict.fromkeys(("cumulative", "sratio", "cratio", "acat"), "disc ~ 0 + x"),
}


def _shapes(family: Family) -> list[LevelShape]:
    response = _RESPONSES.get(family.name, "grade")
    formulas = {
        "common": f"{response} ~ x + f",
        "intercepts": f"{response} ~ x + offset(z) + (1 | g)",
        "slopes": f"{response} ~ x + (x | g)",
        "uncorrelated": f"{response} ~ x + (x || g)",
        "nested": f"{response} ~ x + (1 | k / c)",
    }
    if family.by_level:
        formulas["shared"] = f"{response} ~ x + (1 | p | g)"
    if family.name in _OTHER:
        formulas["distributional"] = f"{response} ~ x + (1 | g); {_OTHER[family.name]}"
    found = [LevelShape(f"{family.name}_{n}", text, family) for n, text in formulas.items()]
    for link in family["mu"].links[1:]:
        text = f"{response} ~ x + (1 | g)"
        found.append(LevelShape(f"{family.name}_{link}", text, family(link=link)))
    return found


SHAPES = tuple(shape for family in LEVELS for shape in _shapes(family))

DISTRIBUTIONAL = (
    LevelShape("sigma_common", "y ~ x; sigma ~ x", fx.gaussian),
    LevelShape("sigma_cells", "y ~ 0 + f; sigma ~ 0 + f", fx.gaussian),
    LevelShape("sigma_groups", "y ~ x + (x | g); sigma ~ z + (1 | g)", fx.gaussian),
    LevelShape("sigma_identity", "y ~ x; sigma ~ 1 + offset(n)", fx.gaussian(sigma="identity")),
    LevelShape("sigma_weights", "y | weights(n) ~ x + (1 | g); sigma ~ z", fx.gaussian),
    LevelShape("sigma_se", "y | se(k / 4, sigma = TRUE) ~ x; sigma ~ z + (1 | g)", fx.gaussian),
    LevelShape("shared", "y ~ x + (x | p | g); sigma ~ z + (1 | p | g)", fx.gaussian),
    LevelShape("shared_two", "y ~ (1 | p | g) + (0 + x | q | g); sigma ~ (z | p | g)", fx.gaussian),
    LevelShape(
        "shared_others", "y ~ x + (1 | g); sigma ~ (1 | p | g); nu ~ (1 | p | g)", fx.student
    ),
    LevelShape("fixed", "y ~ x + (1 | g); nu = 4", fx.student),
    LevelShape("fixed_sigma", "y ~ x + (1 | g); sigma = 1.5", fx.gaussian),
    LevelShape("three_predictors", "y ~ x; sigma ~ x + offset(log(n)); nu ~ z", fx.student),
)

OBSERVED = (
    LevelShape("cumulative_cens", "grade | cens(seen, upto) ~ x + (1 | g)", fx.cumulative),
    LevelShape("sratio_cens_whole", "step | cens(seen, step + 1) ~ x", fx.sratio),
    LevelShape("cratio_trunc", 'grade | trunc("no", upto) ~ x', fx.cratio),
    LevelShape(
        "acat_cens_trunc_weights",
        'grade | cens(seen, upto) + trunc(ub = upto) + weights(n, kind = "likelihood") ~ x',
        fx.acat,
    ),
)
"""Of each ordinal family one whose levels are known in part, or within bounds."""

CDFS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "logit": stats.logistic.cdf,
    "probit": stats.norm.cdf,
    "cloglog": stats.gumbel_l.cdf,
    "cauchit": stats.cauchy.cdf,
}


def etas(model: fx.Model, values: Values) -> dict[str, np.ndarray]:
    """The linear predictor of every parameter or level, from the design and a result's sites."""
    found: dict[str, np.ndarray] = {}
    for predictor in model.spec.predictors:
        matrix = model.design[predictor.parameter]
        X = matrix.X[:, 1:] if model.family.thresholds and predictor.name == "mu" else matrix.X
        before = "" if predictor.name == "mu" else f"{predictor.name}."
        eta = X @ values[f"{before}beta"] if X.shape[1] else np.zeros(len(X))
        eta = eta + (0.0 if matrix.offset is None else matrix.offset)
        for blocks in model.spec.groups:
            effects = [(e, b.Z[:, j], b) for b in blocks for j, e in enumerate(b.effects)]
            own = {effect.predictor for effect, _, _ in effects}
            site = (f"{own.copy().pop()}." if len(own) == 1 and own != {"mu"} else "") + "r_"
            for column, (effect, z, block) in enumerate(effects):
                if effect.predictor == predictor.name:
                    r = values[site + block.group]
                    eta = eta + z * r[block.index, column]
        found[predictor.name] = eta
    return found


def level_probabilities(name: str, cdf, eta, threshold, disc) -> np.ndarray:
    """The probability of every level in every row, as the papers write it."""
    up = cdf(np.asarray(disc)[..., None] * (threshold - eta[:, None]))
    on = cdf(np.asarray(disc)[..., None] * (eta[:, None] - threshold))
    one = np.ones((len(eta), 1))
    if name == "cumulative":
        return np.diff(np.hstack([0.0 * one, up, one]), axis=1)
    if name in ("sratio", "cratio"):
        stop = up if name == "sratio" else 1.0 - on
        reached = np.cumprod(np.hstack([one, 1.0 - stop]), axis=1)
        return reached * np.hstack([stop, one])
    weight = np.cumprod(np.hstack([one, on / (1.0 - on)]), axis=1)
    return weight / weight.sum(axis=1, keepdims=True)


def log_of_seen(response, p: np.ndarray) -> np.ndarray:
    """The log probability of what was seen of every row, of the probability of every level."""
    levels, known, y = np.arange(p.shape[1]), response.known, np.asarray(response.values)[:, None]
    bound = {name: known[name][:, None] for name in known if name.startswith(("trunc", "cens"))}
    inside = levels >= bound.get("trunc_lower", -np.inf)
    inside = inside & (levels <= bound.get("trunc_upper", np.inf))
    status = bound.get("cens", np.zeros((len(y), 1)))
    between = (levels > y) & (levels <= bound.get("cens_upper", np.inf))
    seen = np.select([status == -1, status == 1, status == 2], [levels <= y, levels > y, between])
    seen = np.where(status == 0, levels == y, seen) * inside
    found = np.log(np.sum(p * seen, axis=1) / np.sum(p * inside, axis=1))
    return known.get("likelihood_weights", 1.0) * found


def log_likelihood(model: fx.Model, values: Values) -> np.ndarray:
    """The log density of every row, from SciPy."""
    family, response, eta = model.family, model.design.response, etas(model, values)
    of = {**model.spec.fixed, **response.known}
    for parameter in family.parameters[1:]:
        name = parameter.name
        if name in eta:
            link = family.link(name).name
            of[name] = {"log": np.exp, "identity": lambda x: x}[link](eta[name])
        elif name in values:
            of[name] = values[name]
    y = np.asarray(response.values)
    if family.name in ("gaussian", "student"):
        scale = np.sqrt(of["sigma"] ** 2 / of.get("weights", 1.0) + of.get("se", 0.0) ** 2)
        law = stats.norm(eta["mu"], scale) if family.name == "gaussian" else None
        return (law or stats.t(of["nu"], eta["mu"], scale)).logpdf(y)
    if family.thresholds:
        cdf = CDFS[family.link("mu").name]
        p = level_probabilities(family.name, cdf, eta["mu"], values["threshold"], of["disc"])
        return log_of_seen(model.spec.response, p)
    p = special.softmax(np.column_stack([np.zeros(len(y)), *eta_of_levels(eta)]), axis=1)
    if family.name == "categorical":
        return np.log(p[np.arange(len(y)), y.astype(int)])
    if family.name == "multinomial":
        return np.array(
            [stats.multinomial(row.sum(), q).logpmf(row) for row, q in zip(y, p, strict=True)]
        )
    phi = np.broadcast_to(of["phi"], len(y))
    rows = zip(y, p, phi, strict=True)
    return np.array([stats.dirichlet(f * q).logpdf(row / row.sum()) for row, q, f in rows])


def eta_of_levels(eta: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    return [linear for name, linear in eta.items() if name.startswith("mu[")]
