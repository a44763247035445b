"""Estimates -> the text of lme4's summary: its tables, its numbers, its order of parts.

What differs is meant: labels and groups have the names of our results and stand in the formula's
order, the name of the data is unknown, and nothing is padded at the end of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    import pandas as pd
    from jaxtyping import Float

    from formix.maximum import Estimates

_DIGITS = 4
"""Significant digits, of which no column shows fewer of its smallest number."""

_NONE, _NARROW = float(np.finfo(np.float64).eps), 6
"""A probability below this is not told from none; how wide others are where no space is shown."""

_SHORT, _LONG = 6, 11
"""Letters of the coefficients' names above and beside their correlations."""


def report(found: Estimates) -> str:
    """Return estimates as text."""
    parts = [_head(found), _quantiles(found.residuals), _groups(found)]
    if len(found.fixed):
        parts.append(_fixed(found))
    if len(found.fixed) > 1:
        parts.append(_correlations(found))
    if found.singular:
        parts.append("boundary (singular) fit: some effects do not vary by level, or only together")
    return "\n\n".join(parts)


def _head(found: Estimates) -> str:
    what = "maximum likelihood" if found.method == "ML" else "REML"
    kind = "linear mixed model" if found.levels else "linear model"
    lines = [f"{kind.capitalize()} fit by {what}", f"Formula: {found.formula}", ""]
    if found.generalised:
        lines[0] = f"Generalized {kind} fit by {what}{_approximation(found)}"
        lines.insert(1, f"Family: {found.family} ({found.link})")
    if found.method == "REML":
        return "\n".join([*lines, f"REML criterion at convergence: {-2.0 * found.loglik:.1f}"])
    names = ["AIC", "BIC", "logLik", "deviance", "df.resid"]
    values = [found.aic, found.bic, found.loglik, -2.0 * found.loglik]
    row = [*(f"{value:.1f}" for value in values), str(found.nobs - found.df)]
    return "\n".join([*lines, *aligned([names, row])])


def _approximation(found: Estimates) -> str:
    if not found.levels:
        return ""
    if found.nodes == 1:
        return " (Laplace Approximation)"
    return f" (Adaptive Gauss-Hermite Quadrature, nAGQ = {found.nodes})"


def _quantiles(residuals: Float[np.ndarray, " obs"]) -> str:
    names = ["Min", "1Q", "Median", "3Q", "Max"]
    values = np.round(np.quantile(residuals, (0.0, 0.25, 0.5, 0.75, 1.0)), _DIGITS)
    return "\n".join(["Scaled residuals:", *aligned([names, numbers(values)])])


def _groups(found: Estimates) -> str:
    labels: list[tuple[str, str]] = []
    sds: list[float] = []
    pairs: list[list[float | None]] = []
    for group in found.levels:
        components = found.varcorr["estimate"].xs(group, level="group")
        for place, (label, sd, cor) in enumerate(_effects(components)):
            labels.append(("" if place else group, label))
            sds.append(sd)
            pairs.append(cor)
    if np.isfinite(found.sigma):
        labels.append(("Residual", ""))
        sds.append(found.sigma)
        pairs.append([])
    tail = _tail(found)
    if not labels:
        return tail
    cells = zip(labels, numbers(np.square(sds)), numbers(np.array(sds)), strict=True)
    shown = _right([_cells(row) for row in pairs])
    head = ["Groups", "Name", "Variance", "Std.Dev.", *(["Corr"] if shown[0] else [])]
    head += [""] * (len(shown[0]) - 1)
    rows = [[*names, *two, *cor] for (names, *two), cor in zip(cells, shown, strict=True)]
    lines = [f" {line}" for line in aligned([head, *_right(rows, 2)], left=len(head))]
    return "\n".join(["Random effects:", *lines, tail])


def _tail(found: Estimates) -> str:
    """Return the family's other parameter, and how many observations and levels there are."""
    own = [f"Family's {name}: {numbers(np.array([x]))[0]}" for name, x in found.own.items()]
    counts = "; ".join(f"{group}, {count}" for group, count in found.levels.items())
    number = f"Number of obs: {found.nobs}" + (f", groups:  {counts}" if counts else "")
    return "\n".join([*own, number])


def _effects(components: pd.Series) -> list[tuple[str, float, list[float | None]]]:
    """Return each effect's label, standard deviation and correlations with those before it."""
    known = {str(name): float(value) for name, value in components.items()}
    labels = [name[3:-1] for name in known if name.startswith("sd(")]
    return [
        (
            label,
            known[f"sd({label})"],
            [known.get(f"cor({other}, {label})") for other in labels[:place]],
        )
        for place, label in enumerate(labels)
    ]


def _cells(correlations: Sequence[float | None]) -> list[str]:
    """Return correlations as cells; none where nothing is correlated."""
    if all(value is None for value in correlations):
        return []
    return ["" if value is None else _fixed_point(value, 2) for value in correlations]


def _fixed(found: Estimates) -> str:
    table = found.fixed[["estimate", "se"]].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.round(table[:, 0] / table[:, 1], 3)
    cells = np.array(numbers(table.ravel())).reshape(-1, 2).tolist()
    labels = [str(label) for label in found.fixed.index]
    rows = [[label, *two, one] for label, two, one in zip(labels, cells, numbers(t), strict=True)]
    head = ["", "Estimate", "Std. Error", "t value"]
    if found.generalised:
        head[-1:] = ["z value", "Pr(>|z|)"]
        p = _probabilities(2.0 * special.ndtr(-np.abs(table[:, 0] / table[:, 1])))
        rows = [[*row, one] for row, one in zip(rows, p, strict=True)]
    return "\n".join(["Fixed effects:", *aligned([head, *rows], left=1)])


def _probabilities(values: Float[np.ndarray, " value"]) -> list[str]:
    """Return probabilities as R's `format.pval` does: small ones apart from others."""
    shown = [""] * len(values)
    for some in ((values >= _NONE) & (values < 1e-4), values >= 1e-4):
        texts = iter(numbers(values[some], _DIGITS - 1))
        shown = [next(texts) if own else old for own, old in zip(some, shown, strict=True)]
    space = " " if max(map(len, shown), default=0) > _NARROW else ""
    return [text or f"<{space}{_NONE:.0e}" for text in shown]


def _correlations(found: Estimates) -> str:
    se = found.fixed["se"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        matrix = found.vcov.to_numpy() / np.outer(se, se)
    names = [str(name) for name in found.fixed.index]
    rows = [[_fixed_point(value, 3) for value in row[:i]] for i, row in enumerate(matrix) if i]
    beside, above = abbreviated(names, _LONG), abbreviated(names, _SHORT)
    body = [[name, *row] for name, row in zip(beside[1:], _right(rows), strict=True)]
    lines = aligned([["", *above[:-1]], *body], left=len(names))
    return "\n".join(["Correlation of Fixed Effects:", *lines])


def numbers(values: Float[np.ndarray, " value"], digits: int = _DIGITS) -> list[str]:
    """Return numbers as R formats a column: with as many decimals as the one that needs most.

    Examples
    --------
    >>> numbers(np.array([612.1, 35.072, 654.941])), numbers(np.array([2.5, 0.0]))
    (['612.10', '35.07', '654.94'], ['2.5', '0.0'])
    >>> numbers(np.array([3.1e-9, 120.0]))
    ['3.1e-09', '1.2e+02']
    """
    finite = [float(value) for value in values if np.isfinite(value)]
    shown = [f"{value:.{digits - 1}e}".split("e") for value in finite if value]
    kept = [len(mantissa.lstrip("-").replace(".", "").rstrip("0")) for mantissa, _ in shown]
    needed = [k - 1 - int(power) for k, (_, power) in zip(kept, shown, strict=True)]
    decimals, most = max([0, *needed]), max([1, *kept])
    plain = [_fixed_point(float(value), decimals) for value in values]
    powers = [
        f"{value:.{most - 1}e}" if np.isfinite(value) else _fixed_point(float(value), 0)
        for value in values
    ]
    wide = max(map(len, plain), default=0) > max(map(len, powers), default=0)
    return powers if wide else plain


def _fixed_point(value: float, decimals: int) -> str:
    return "NaN" if np.isnan(value) else f"{value:.{decimals}f}"


def abbreviated(names: Sequence[str], length: int) -> list[str]:
    """Return names cut as R's `abbreviate` cuts them, all different.

    Vowels go first, then small letters, then the rest: those at the end before others.

    Examples
    --------
    >>> abbreviated(["Intercept", "Days", "recipe[B]", "recipe[C]"], 6)
    ['Intrcp', 'Days', 'rcp[B]', 'rcp[C]']
    """
    found = [_cut(name, length) for name in names]
    if len(set(found)) == len(set(names)) or length > max(map(len, names)):
        return found
    return abbreviated(names, length + 1)


def _cut(name: str, length: int) -> str:
    letters = list(name)
    small = "".join(letter for letter in name if letter.islower())
    for going in ("aeiou", small, name):
        for place in range(len(letters) - 1, 0, -1):
            if len(letters) > length and letters[place] in going:
                del letters[place]
    return "".join(letters)


def aligned(rows: Sequence[Sequence[str]], left: int = 0) -> list[str]:
    """Return rows as lines with columns of one width; the first few are set to the left."""
    widths = [max(map(len, column)) for column in zip(*_filled(rows), strict=True)]
    lines: list[str] = []
    for row in _filled(rows):
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(" ".join(cells).rstrip())
    return lines


def _right(rows: Sequence[Sequence[str]], start: int = 0) -> list[list[str]]:
    """Return rows whose cells, from a column on, are padded at the left to one width a column."""
    columns = [list(column) for column in zip(*_filled(rows), strict=True)]
    for column in columns[start:]:
        width = max(map(len, column))
        column[:] = [cell.rjust(width) if cell else cell for cell in column]
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in rows]


def _filled(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return rows of one length, empty cells at the end of shorter ones."""
    longest = max(map(len, rows))
    return [[*row, *[""] * (longest - len(row))] for row in rows]
