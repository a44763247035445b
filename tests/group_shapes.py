"""Models of every kind of group, and their log density from SciPy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapes
from scipy import stats

from formix import Model

LEVELS = [f"g{i}" for i in range(8)]


def data() -> pd.DataFrame:
    """The rows of the grid, with a second member of a group, weights, and a factor of levels."""
    rows = np.arange(60)
    return shapes.data().assign(
        second=np.array(LEVELS)[rows * 3 % 7],
        b=np.where(rows % 6 % 2 == 0, "even", "odd"),
        w=np.linspace(0.1, 1.0, 60),
        v=0.5,
    )


def relation() -> pd.DataFrame:
    """Relations among more levels than there are, in another order."""
    apart = np.abs(np.subtract.outer(np.arange(8), np.arange(8)))
    return pd.DataFrame(0.6**apart, LEVELS, LEVELS).iloc[::-1, ::-1]


@dataclass(frozen=True)
class GroupShape:
    """A formula of one group, and its effects; `name` is that of its golden file."""

    name: str
    formula: str
    effects: str
    parametrisation: str = "non-centred"

    def model(self) -> Model:
        """Return the model."""
        matrices = {"A": relation()} if "cov = A" in self.formula else None
        how = self.parametrisation
        return Model(self.formula, data(), matrices=matrices, parametrisation=how)


SHAPES = (
    GroupShape("relations", "y ~ x + (1 | gr(g, cov = A))", "1"),
    GroupShape("relations_slopes", "y ~ x + (x | gr(g, cov = A))", "1 x"),
    GroupShape("relations_uncorrelated", "y ~ x + (x || gr(g, cov = A))", "1 x"),
    GroupShape("members", "y ~ x + (1 | mm(g, second))", "1"),
    GroupShape("members_weighted", "y ~ x + (1 | mm(g, second, weights = cbind(w, v)))", "1"),
    GroupShape("members_slopes", "y ~ x + (x | mm(g, second, weights = cbind(w, v)))", "1 x"),
    GroupShape(
        "members_unscaled", "y ~ (0 + x | mm(g, second, weights = cbind(w, v), scale = F))", "x"
    ),
    GroupShape("by", "y ~ x + (1 | gr(g, by = b))", "1"),
    GroupShape("by_slopes", "y ~ x + (x | gr(g, by = b))", "1 x"),
    GroupShape("by_uncorrelated", "y ~ x + (x || gr(g, by = b))", "1 x"),
    GroupShape("by_autoregressive", "y ~ x + ar1(0 + f | gr(g, by = b))", "lo mid hi"),
    GroupShape("by_blocks", "y ~ (1 | gr(g, by = b)) + cs(0 + f | gr(g, by = b))", "1 lo mid hi"),
    GroupShape("by_relations", "y ~ x + (x | gr(g, by = b, cov = A))", "1 x"),
    GroupShape("student_effects", 'y ~ x + (1 | gr(g, dist = "student"))', "1"),
    GroupShape("student_effects_slopes", 'y ~ x + (x | gr(g, dist = "student"))', "1 x"),
    GroupShape("student_by_relations", 'y ~ (x | gr(g, by = b, cov = A, dist = "student"))', "1 x"),
    GroupShape("sum_to_zero", "y ~ x + (1 | gr(g, sum_to_zero = TRUE))", "1"),
    GroupShape("sum_to_zero_slopes", "y ~ x + (x | gr(g, sum_to_zero = TRUE))", "1 x"),
)

CENTRED = (
    GroupShape("centred", "y ~ x + (1 | g)", "1", "centred"),
    GroupShape("centred_slopes", "y ~ x + (x | g)", "1 x", "centred"),
    GroupShape("centred_uncorrelated", "y ~ x + (x || g)", "1 x", "centred"),
    GroupShape("centred_by", "y ~ x + (x || gr(g, by = b))", "1 x", "centred"),
    GroupShape("centred_by_slopes", "y ~ x + (x | gr(g, by = b))", "1 x", "centred"),
    GroupShape("centred_members", "y ~ x + (1 | mm(g, second))", "1", "centred"),
    GroupShape("centred_relations", "y ~ x + (x | gr(g, cov = A))", "1 x", "centred"),
    GroupShape("centred_relation", "y ~ x + (1 | gr(g, cov = A))", "1", "centred"),
    GroupShape("centred_student", 'y ~ x + (x | gr(g, dist = "student"))', "1 x", "centred"),
    GroupShape(
        "centred_student_by", 'y ~ x + (x || gr(g, by = b, dist = "student"))', "1 x", "centred"
    ),
)


def members(shape: GroupShape) -> tuple[np.ndarray, list[str]]:
    """How much of each level every row has, row by row, and the levels."""
    rows = data()
    if "mm(" not in shape.formula:
        levels = sorted(set(rows["g"]))
        return (rows["g"].to_numpy()[:, None] == np.array(levels)).astype(float), levels
    levels = sorted({*rows["g"], *rows["second"]})
    weights = rows[["w", "v"]].to_numpy() if "weights" in shape.formula else np.full((60, 2), 0.5)
    if "scale" not in shape.formula:
        weights = weights / weights.sum(axis=1, keepdims=True)
    share = np.zeros((60, len(levels)))
    for row in range(60):
        for member, column in enumerate(("g", "second")):
            share[row, levels.index(rows[column].iloc[row])] += weights[row, member]
    return share, levels


def columns(shape: GroupShape) -> np.ndarray:
    """The columns of Z."""
    rows = data()
    known = {"1": np.ones(60), "x": rows["x"].to_numpy()}
    known |= {level: (rows["f"] == level).to_numpy(float) for level in ("lo", "mid", "hi")}
    return np.column_stack([known[name] for name in shape.effects.split()])


def log_density(shape: GroupShape, values: dict[str, np.ndarray], log_prior) -> float:
    """The joint log density at the program's own sites; priors by the model's own table."""
    model = shape.model()
    share, levels = members(shape)
    Z = columns(shape)
    group = "mm(g, second)" if "mm(" in shape.formula else "g"
    rows = data()
    of = dict(zip(rows["g"], rows["b"], strict=True))
    priors, size = model.priors, Z.shape[1]
    by = ["even", "odd"] if "by = b" in shape.formula else [None]
    total = 0.0
    X = np.column_stack([np.ones(60), rows["x"]]) if "~ x" in shape.formula else np.ones((60, 1))
    beta = np.atleast_1d(values["beta"])
    at_means = beta[0] + X[:, 1:].mean(axis=0) @ beta[1:]
    for entry in priors:
        name, _, label = entry.key.partition("[")
        if name == "beta":
            value = beta[1] if label == "x]" else at_means
            total += log_prior(entry, float(value))
        elif name in ("sigma", f"df_{group}"):
            total += log_prior(entry, float(values[name]))
    covariances = []
    for number, level in enumerate(by):
        pick = (lambda x, n=number: x[n]) if level else (lambda x: x)
        lead = f"{level}, " if level else ""
        sd = pick(values[f"sd_{group}"])
        cor = np.eye(size)
        equal = "ar1(" in shape.formula
        names = [entry.key for entry in priors if entry.key.startswith(f"sd_{group}[{lead}")]
        for j, key in enumerate(names):
            total += log_prior(priors[key], float(sd[j]))
        assert len(names) == (1 if equal else size)
        if "ar1(" in shape.formula or "cs(" in shape.formula:
            rho = float(pick(values[f"rho_{group}"]))
            total += log_prior(priors[f"rho_{group}[{level}]"], rho)
            apart = np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
            made = rho**apart if equal else np.where(apart == 0, 1.0, rho)
            cor[-3:, -3:] = made
        elif size > 1 and "||" not in shape.formula:
            L = pick(values[f"L_{group}"])
            cor = L @ L.T
            # LKJ(1) of a 2 x 2 matrix is uniform in the correlation, whose factor's row is a root.
            total += -np.log(2.0)
        covariances.append(np.diag(sd) @ cor @ np.diag(sd))
    own = [by.index(of[level]) if by[0] else 0 for level in levels]
    if shape.parametrisation == "centred":
        r = np.asarray(values[f"r_{group}"])
        total += _of_effects(shape, values, r, [covariances[place] for place in own], levels)
        eta = X @ beta + np.sum(Z * (share @ r), axis=1)
        return total + stats.norm.logpdf(rows["y"], eta, values["sigma"]).sum()
    z = np.asarray(values[f"z_{group}"])
    if "sum_to_zero" in shape.formula:
        z = z.T
        n = len(z)
        assert np.allclose(z.sum(axis=0), 0.0)
        # Normal on the plane of sum zero, of one dimension less.
        total += -0.5 * np.square(z).sum() - 0.5 * size * (n - 1) * np.log(2.0 * np.pi)
    else:
        total += stats.norm.logpdf(z).sum()
    if "cov = A" in shape.formula:
        A = relation().loc[levels, levels].to_numpy()
        z = np.linalg.cholesky(A) @ z
    r = np.empty((len(levels), size))
    for place in range(len(levels)):
        r[place] = np.linalg.cholesky(covariances[own[place]]) @ z[place]
    if "student" in shape.formula:
        df, precision = float(values["df_g"]), values["precision_g"]
        total += stats.gamma(0.5 * df, 0.0, 2.0 / df).logpdf(precision).sum()
        r = r / np.sqrt(precision)[:, None]
    np.testing.assert_allclose(values[f"r_{group}"], r, rtol=1e-8, atol=1e-10)
    eta = X @ beta + np.sum(Z * (share @ r), axis=1)
    return total + stats.norm.logpdf(rows["y"], eta, values["sigma"]).sum()


def _of_effects(
    shape: GroupShape,
    values: dict[str, np.ndarray],
    r: np.ndarray,
    covariances: list[np.ndarray],
    levels: list[str],
) -> float:
    """The log density of effects as they are."""
    zero = np.zeros(r.shape[1])
    if "cov = A" in shape.formula:
        A = relation().loc[levels, levels].to_numpy()
        return stats.matrix_normal(np.zeros(r.shape), A, covariances[0]).logpdf(r)
    if "student" in shape.formula:
        df = float(values["df_g"])
        each = (stats.multivariate_t(zero, cov, df) for cov in covariances)
        return sum(one.logpdf(row) for one, row in zip(each, r, strict=True))
    each = (stats.multivariate_normal(zero, cov) for cov in covariances)
    return sum(one.logpdf(row) for one, row in zip(each, r, strict=True))
