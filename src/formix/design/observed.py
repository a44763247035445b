"""Whether what is known of how a response was observed agrees with the response."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.design.table import Table, listed
from formix.errors import FormulaError

if TYPE_CHECKING:
    from jaxtyping import Bool

    from formix.spec import Response
    from formix.terms.term import Addition, ResponseTerm


def check_observed(term: ResponseTerm, response: Response, table: Table) -> None:
    """Refuse bounds out of order, responses outside of them, and intervals that hold nothing.

    Raises
    ------
    FormulaError
        Which counts the rows.
    """
    check_bounds(term, response, table)
    for addition in term.additions:
        if addition.name == "trunc":
            _bounds(addition, response, table)
        elif addition.name == "cens":
            _intervals(addition, response, table)


def check_bounds(term: ResponseTerm, response: Response, table: Table) -> None:
    """Refuse bounds out of order, also of rows whose response is not there.

    Raises
    ------
    FormulaError
        Which counts the rows.
    """
    for addition in term.additions:
        if addition.name == "trunc":
            low, high = _ends(response)
            order = "the lower bound must lie below the upper one"
            hint = "write trunc(lb, ub), the lower one first"
            _refuse(low >= high, addition, table, order, hint)


def _bounds(addition: Addition, response: Response, table: Table) -> None:
    y, low, high = response.values, *_ends(response)
    hint = "leave them out: truncated data has no such rows; what is recorded at a bound is cens()"
    _refuse(
        (y < low) | (y > high), addition, table, f"`{response.name}` must lie within bounds", hint
    )


def _intervals(addition: Addition, response: Response, table: Table) -> None:
    y, (_, high), status = response.values, _ends(response), response.known["cens"]
    interval = status == 2
    if "cens_upper" in response.known:
        upper = response.known["cens_upper"]
        what = "the upper end of an interval must be a number"
        _refuse(interval & np.isnan(upper), addition, table, what, "leave those rows out")
        what = f"the upper end of an interval must lie above `{response.name}`"
        _refuse(interval & (upper <= y), addition, table, what, "cens(c, y2) is y < response <= y2")
    more = interval | (status == 1)
    most, what = np.inf, ""
    if response.levels:
        most = len(response.levels) - 1.0
        what = f"there is no level above {response.levels[-1]}, where more is censored"
    elif "trials" in response.known:
        most = response.known["trials"]
        what = f"`{response.name}` must lie below its trials where more is censored"
    hint = "name levels that no row shows: pandas.Categorical(y, categories=[...], ordered=True)"
    _refuse(more & (y >= most), addition, table, what, hint if response.ordered else "")
    what = f"`{response.name}` must lie below the upper bound of trunc() where more is censored"
    hint = "leave them out: truncated data has no such rows"
    _refuse(more & (y >= high), addition, table, what, hint)


def _ends(response: Response) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of every row, infinite where there is none."""
    low, high = (
        response.known.get(name, np.full(len(response.values), infinite))
        for name, infinite in (("trunc_lower", -np.inf), ("trunc_upper", np.inf))
    )
    return low, high


def _refuse(
    bad: Bool[np.ndarray, " obs"], addition: Addition, table: Table, what: str, hint: str = ""
) -> None:
    if not bad.any():
        return
    rows = table.frame.rows[bad]
    raise FormulaError(
        f"{what}; that is not so in {len(rows)} {'row' if len(rows) == 1 else 'rows'}: "
        f"{listed(tuple(rows.tolist()), 5)}",
        text=table.text,
        span=addition.span,
        hint=hint,
    )
