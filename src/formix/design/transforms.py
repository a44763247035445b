"""Functions that learn numbers from the data and apply the same ones to new data.

Each takes its memory first: empty when it learns, filled when it is applied.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from itertools import product
from typing import Any

import numpy as np

from formix.design.arguments import (
    ABSENT,
    Fault,
    column,
    learnable,
    number,
    numbers,
    several,
    truth,
    whole,
)
from formix.design.values import Argument, Matrix

Memory = MutableMapping[str, Any]


def scale(memory: Memory, x: Argument, center: Argument = True, scale: Argument = True) -> Argument:
    """R's `scale`: minus the mean, over the standard deviation (divisor n - 1).

    Uncentred columns are divided by their root mean square, with the same divisor; a number in
    place of TRUE is subtracted or divided by.
    """
    return _scaled("scale", memory, x, center, scale)


def _scaled(what: str, memory: Memory, x: Argument, center: Argument, scale: Argument) -> Argument:
    values = x.values if isinstance(x, Matrix) else column(x, what).reshape(-1, 1)
    if not memory:
        for one in values.T:
            learnable(one, what)
        middle = _middle(values, center)
        memory.update(center=middle, scale=_spread(what, values - np.array(middle), scale))
    result = (values - np.array(memory["center"])) / np.array(memory["scale"])
    return Matrix(result, x.names) if isinstance(x, Matrix) else result[:, 0]


def _middle(values: np.ndarray, center: Argument) -> list[float]:
    if center is True:
        return values.mean(axis=0).tolist()
    if center is False:
        return [0.0] * values.shape[1]
    return _one_each(center, "center", values.shape[1])


def _spread(what: str, centred: np.ndarray, scaled: Argument) -> list[float]:
    if scaled is False:
        return [1.0] * centred.shape[1]
    if scaled is not True:
        return _one_each(scaled, "scale", centred.shape[1])
    found = np.sqrt((centred**2).sum(axis=0) / max(1, len(centred) - 1))
    if not (found > 0).all():
        raise Fault(f"`{what}` divides by the standard deviation, and the column does not vary")
    return found.tolist()


def _one_each(value: Argument, what: str, width: int) -> list[float]:
    given = several(value, what)
    if len(given) != width:
        raise Fault(f"{what} must be {width} numbers, one a column, and is {len(given)}")
    return given


def center(memory: Memory, x: Argument) -> Argument:
    """Minus the mean."""
    return _scaled("center", memory, x, True, False)


def standardize(memory: Memory, x: Argument) -> Argument:
    """Minus the mean, over the standard deviation."""
    return _scaled("standardize", memory, x, True, True)


def reduction(name: str, run: Callable[[np.ndarray], Any], least: int = 1) -> Callable[..., float]:
    """Return a function that makes one number of a column, and keeps it for new data."""

    def reduce(memory: Memory, x: Argument) -> float:
        if not memory:
            values = learnable(x, name)
            if len(values) < least:
                raise Fault(f"`{name}` needs {least} rows or more")
            memory["value"] = float(run(values))
        return memory["value"]

    return reduce


def poly(
    memory: Memory,
    x: Argument,
    *others: Argument,
    degree: Argument = ABSENT,
    raw: Argument = False,
    simple: Argument = False,
) -> Matrix:
    """R's `poly`: orthonormal polynomials of one column, or products of those of several.

    With `raw` the plain powers. `poly(x, 2)` and `poly(x, degree = 2)` are the same.

    References
    ----------
    Kennedy and Gentle, *Statistical Computing*, 1980, pages 343 to 347: the recurrence.
    """
    truth(simple, "simple")
    columns = [x, *others]
    if degree is ABSENT:
        last = columns[-1]
        given = len(columns) > 1 and not isinstance(last, (np.ndarray, Matrix))
        degree = columns.pop() if given else 1.0
    top = whole(degree, "the degree of `poly`", 1)
    if isinstance(columns[0], Matrix):
        columns = [*columns[0].values.T, *columns[1:]]
    plain = truth(raw, "raw")
    parts = [
        _powers(column(one, "poly"), top)
        if plain
        else _orthonormal(memory, str(i), column(one, "poly"), top)
        for i, one in enumerate(columns)
    ]
    if len(parts) == 1:
        return Matrix(parts[0], tuple(str(k) for k in range(1, top + 1)))
    return _products(parts, top)


def _powers(x: np.ndarray, top: int) -> np.ndarray:
    return x[:, None] ** np.arange(1, top + 1)


def _orthonormal(memory: Memory, key: str, x: np.ndarray, top: int) -> np.ndarray:
    if key not in memory:
        memory[key] = _learn_recurrence(learnable(x, "poly"), top)
    alpha, norm2 = memory[key]["alpha"], memory[key]["norm2"]
    columns = [np.ones(len(x)), x - alpha[0]]
    for k in range(1, top):
        columns.append((x - alpha[k]) * columns[k] - norm2[k + 1] / norm2[k] * columns[k - 1])
    return np.column_stack(columns[1:]) / np.sqrt(norm2[2:])


def _learn_recurrence(x: np.ndarray, top: int) -> dict[str, list[float]]:
    """Return the numbers of the recurrence of polynomials that are orthogonal on the points `x`."""
    if top >= len(np.unique(x)):
        raise Fault(
            f"`poly` of degree {top} needs more than {top} different values",
            hint="lower the degree",
        )
    alpha, norm2 = [float(x.mean())], [1.0, float(len(x))]
    before, now = np.ones(len(x)), x - x.mean()
    norm2.append(float(now @ now))
    for _ in range(1, top):
        alpha.append(float((x * now) @ now / norm2[-1]))
        before, now = now, (x - alpha[-1]) * now - norm2[-1] / norm2[-2] * before
        norm2.append(float(now @ now))
    return {"alpha": alpha, "norm2": norm2}


def _products(parts: list[np.ndarray], top: int) -> Matrix:
    """Products of powers of several columns, up to a total degree, the first varying fastest."""
    columns: list[np.ndarray] = []
    names: list[str] = []
    for reverse in product(range(top + 1), repeat=len(parts)):
        powers = reverse[::-1]
        if not 0 < sum(powers) <= top:
            continue
        column_of = np.ones(len(parts[0]))
        for part, k in zip(parts, powers, strict=True):
            column_of = column_of * (part[:, k - 1] if k else 1.0)
        columns.append(column_of)
        names.append(".".join(str(k) for k in powers))
    return Matrix(np.column_stack(columns), tuple(names))


def quantile(memory: Memory, x: Argument, p: Argument) -> float:
    """One quantile of a column, R's default (type 7)."""
    if not memory:
        part = number(p, "the probability of `quantile`")
        if not 0 <= part <= 1:
            raise Fault(f"the probability of `quantile` must lie between 0 and 1, and is {part:g}")
        memory["value"] = float(np.quantile(learnable(x, "quantile"), part))
    return memory["value"]


def bind(names: tuple[str, ...], *values: Argument) -> Matrix:
    """R's `cbind`: columns side by side; those written as a bare name keep it."""
    columns: list[np.ndarray] = []
    labels: list[str] = []
    size = max((len(v) for v in values if isinstance(v, (np.ndarray, Matrix))), default=0)
    if not size:
        raise Fault("`cbind` needs columns")
    for name, value in zip(names, values, strict=True):
        if isinstance(value, Matrix):
            columns += list(value.values.T)
            labels += list(value.names)
        else:
            columns.append(np.broadcast_to(numbers(value, "cbind"), (size,)))
            labels.append(name)
    if not any(labels):
        labels = [str(k) for k in range(1, len(columns) + 1)]
    return Matrix(np.column_stack(columns), tuple(labels))


REDUCTIONS: dict[str, Callable[..., Any]] = {
    "mean": reduction("mean", np.mean),
    "median": reduction("median", np.median),
    "sd": reduction("sd", lambda x: np.std(x, ddof=1), 2),
    "var": reduction("var", lambda x: np.var(x, ddof=1), 2),
    "min": reduction("min", np.min),
    "max": reduction("max", np.max),
    "sum": reduction("sum", np.sum),
}
