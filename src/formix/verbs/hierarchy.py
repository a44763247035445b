"""The hierarchy of the data of a model or a fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from formix.diagrams.hierarchy import hierarchy_of
from formix.models import Model
from formix.verbs.model import model

if TYPE_CHECKING:
    from formix.diagrams.hierarchy import Hierarchy
    from formix.families import Family


def hierarchy(
    of: object,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> Hierarchy:
    """Return how the groups of a model lie in one another, with counts of levels and rows.

    Whether a group is nested in another or crossed with it is read from the data, not from the
    formula: levels of `(1 | cask)` that bear the same names in every batch are crossed with it, as
    the program takes them to be, and where `(1 | batch:cask)` was meant this shows it.

    Parameters
    ----------
    of
        A model, what `Model.fit` returned, or a file of it that was opened.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where a fit's
        model has any: a result does not hold them.

    Returns
    -------
    Hierarchy
        Printed it is a tree, in a notebook a picture where graphviz is installed. Its `groups`,
        `pairs` and `constant` are the counts; `dot`, `mermaid` and `svg` the picture.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.

    Examples
    --------
    >>> print(fx.hierarchy(fx.Model("strength ~ 1 + (1 | batch / cask)", fx.load("Pastes"))))
    strength: 60 rows
    └─ batch: 10 levels, 6 rows each
       └─ batch:cask: 30 levels, 2 rows each, 3 in each level of batch
    >>> print(fx.hierarchy(fx.Model("strength ~ 1 + (1 | batch) + (1 | cask)", fx.load("Pastes"))))
    strength: 60 rows
    ├─ batch: 10 levels, 6 rows each
    └─ cask: 3 levels, 20 rows each
    batch and cask: fully crossed, 30 pairs of levels, 2 rows each
    """
    if not isinstance(of, Model):
        of = model(of, functions=functions, priors=priors, family=family)
    return hierarchy_of(of.spec)
