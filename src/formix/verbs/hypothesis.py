"""Hypotheses about parameters: how probable they are, and the evidence for them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, cast, overload

import numpy as np
import pandas as pd
import xarray as xr

from formix.errors import ArgumentError, FormixWarning, Span
from formix.results.names import text as coordinate_text
from formix.results.sample import sample
from formix.syntax.statement import EXAMPLE, parse_statement
from formix.verbs.arguments import interval
from formix.verbs.computed import computed, difference, line
from formix.verbs.elements import element_of
from formix.verbs.estimates import PROB, estimates
from formix.verbs.savage_dickey import FEW, evidence
from formix.verbs.table import FORMATS, Table

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.results.sample import Sample
    from formix.syntax.statement import Statement
    from formix.verbs.elements import Element

    Elements = dict[str, Element]


@overload
def hypothesis(
    fit: object,
    statements: str | Iterable[str],
    *,
    prob: float = ...,
    summary: Literal[True] = ...,
) -> pd.DataFrame: ...
@overload
def hypothesis(
    fit: object, statements: str | Iterable[str], *, prob: float = ..., summary: Literal[False]
) -> xr.DataArray: ...
def hypothesis(
    fit: object, statements: str | Iterable[str], *, prob: float = PROB, summary: bool = True
) -> pd.DataFrame | xr.DataArray:
    """Return how probable statements about parameters are, with the evidence for each.

    A statement compares two expressions by `<`, `>` or `=`. They are made of parameters as results
    show them, numbers, `+ - * / ^`, parentheses, `abs`, `exp`, `log` and `sqrt`.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened; draws from the prior too.
    statements
        `"beta[Days] > 5"`, `"sd_Subject[Intercept] - 2 * sigma > 0"`, `"beta[Days] = 10"`, or a
        list of such. Odd names stand in backticks: ``` `sd_a/b`[x] > 0 ```.
    prob
        The probability that the equal-tailed interval holds, be the statement one-sided or not.
    summary
        Whether to summarise; if not, the draws.

    Returns
    -------
    DataFrame or DataArray
        By statement: mean, sd and interval of the left side less the right one; `probability`, the
        part of the draws in which it holds; `evidence_ratio`. That of `>` and `<` is the odds P /
        (1 - P), infinite where it holds in all draws. That of `=` is the posterior density by the
        prior density at that point (Savage-Dickey), and its probability is the one that even odds
        before the data become. As draws: chain, draw, hypothesis.

    Raises
    ------
    ArgumentError
        If a statement cannot be read, names what is not there, or is not finite; or compares by `=`
        other than one parameter, whose prior has a closed form, times and plus numbers.
    ResultError
        If the result is not one of formix, or has kept no draws of a parameter.

    Warns
    -----
    FormixWarning
        If so few draws are near the point of `=` that their density there is unreliable.

    References
    ----------
    Dickey (1971), doi:10.1214/aoms/1177693507.

    Examples
    --------
    >>> table = fx.hypothesis(fit, ["beta[Days] > 5", "sd_Subject[Days] < sigma"])
    >>> table.columns.tolist()
    ['mean', 'sd', '2.5%', '97.5%', 'probability', 'evidence_ratio']
    """
    wanted = interval(prob, summary)
    drawn = sample(fit)
    parsed = [parse_statement(text) for text in _texts(statements)]
    elements = [_elements(one, drawn) for one in parsed]
    draws = [_draws(one, some, drawn) for one, some in zip(parsed, elements, strict=True)]
    texts = [one.text for one in parsed]
    whole = np.stack(draws, axis=-1)
    if wanted is None:
        posterior = drawn.found[drawn.group]
        return xr.DataArray(
            whole,
            dims=("chain", "draw", "hypothesis"),
            coords={
                "chain": posterior["chain"].to_numpy(),
                "draw": posterior["draw"].to_numpy(),
                "hypothesis": coordinate_text(texts),
            },
            name="difference",
        )
    with np.errstate(over="ignore"):
        columns = estimates(whole, wanted)
    table = Table(columns, index=pd.Index(texts, name="hypothesis"))
    answers = [_tested(*each, drawn) for each in zip(parsed, elements, draws, strict=True)]
    points = [
        (one.text, near)
        for one, (*_, near) in zip(parsed, answers, strict=True)
        if one.relation == "="
    ]
    few = [(text, near) for text, near in points if near < FEW]
    if few:
        told = ", ".join(f"`{text}` by {near} of {draws[0].size} draws" for text, near in few)
        warnings.warn(
            f"evidence for a point is told by the draws near it, and these are few: {told}; the "
            "ratio is no more than a guess there",
            FormixWarning,
            stacklevel=2,
        )
    table.attrs[FORMATS] = dict.fromkeys(("probability", "evidence_ratio"), ".3g")
    return table.assign(
        probability=[probability for probability, _, _ in answers],
        evidence_ratio=[ratio for _, ratio, _ in answers],
    )


def _texts(given: object) -> list[str]:
    if isinstance(given, str):
        return [given]
    found = list(cast("Iterable[Any]", given)) if isinstance(given, Iterable) else []
    if not found or not all(isinstance(one, str) for one in found):
        raise ArgumentError("a hypothesis is a text, or a list of texts", hint=EXAMPLE)
    return found


def _elements(statement: Statement, drawn: Sample) -> Elements:
    """Return the parameters of a statement, by their text."""
    steps = [step for step in (*statement.left, *statement.right) if step.kind == "parameter"]
    if not steps:
        raise ArgumentError(
            "this compares numbers: no parameter stands in it",
            text=statement.text,
            span=Span(0, len(statement.text)),
            hint=EXAMPLE,
        )
    return {step.text: element_of(step.text, drawn, statement.text, step.span) for step in steps}


def _draws(
    statement: Statement, elements: Elements, drawn: Sample
) -> Float[np.ndarray, "chain draw"]:
    """Return the left side less the right one at every draw."""
    draws = {text: element.draws(drawn) for text, element in elements.items()}
    shape = next(iter(draws.values())).shape
    with np.errstate(all="ignore"):
        found = computed(statement.left, draws) - computed(statement.right, draws)
    lost = int(np.sum(~np.isfinite(np.broadcast_to(found, shape))))
    if lost:
        raise ArgumentError(
            f"this is not finite in {lost} of {np.prod(shape)} draws",
            text=statement.text,
            span=Span(0, len(statement.text)),
            hint="a logarithm or root of what is negative, or a division by zero?",
        )
    return np.broadcast_to(found, shape)


def _tested(
    statement: Statement, elements: Elements, draws: np.ndarray, drawn: Sample
) -> tuple[float, float, int]:
    """Return the probability of a statement, its evidence ratio, and the draws that tell it."""
    if statement.relation != "=":
        held = float(np.mean(draws > 0.0 if statement.relation == ">" else draws < 0.0))
        return held, held / (1.0 - held) if held < 1.0 else np.inf, draws.size
    whole = Span(0, len(statement.text))
    found = difference(line(statement.left, elements), line(statement.right, elements))
    if found is None or found.element is None or found.slope == 0.0:
        raise ArgumentError(
            "`=` is of one parameter, times and plus numbers: no other prior is known",
            text=statement.text,
            span=whole,
            hint="compare by `>` or `<`, which need no prior",
        )
    if drawn.group != "posterior":
        raise ArgumentError("evidence for a point needs a posterior", hint="fit the model")
    try:
        ratio, near = evidence(found.element, -found.constant / found.slope, drawn)
    except ArgumentError as error:
        raise ArgumentError(
            error.message, text=statement.text, span=whole, hint=error.hint
        ) from None
    return ratio / (1.0 + ratio), ratio, near
