"""A model or the model of a fit as a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from formix.diagrams.graph import graph_of
from formix.models import Model
from formix.verbs.model import model

if TYPE_CHECKING:
    from formix.diagrams.diagram import Diagram
    from formix.families import Family


def graph(
    of: object,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> Diagram:
    """Return a model as a graph: from priors, through parameters and effects, to the response.

    Parameters
    ----------
    of
        A model, what `Model.fit` returned, or a file of it that was opened.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where a fit's
        model has any: a result does not hold them.

    Returns
    -------
    Diagram
        Printed it is a tree with the response at its root, in a notebook a picture where graphviz
        is installed: an ellipse is drawn from a distribution, a box computed, a filled one known,
        and a frame holds what there is once a row, or once a level of a group. `dot`, `mermaid`
        and `svg` are the picture.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.

    Examples
    --------
    >>> print(fx.graph(fit))
    Reaction ~ gaussian, 180 rows
    ├─ mu = 1 + Days + (1 + Days | Subject)
    │  ├─ beta[Intercept, Days]
    │  │  ├─ Intercept at the means ~ Normal(298.5, 140.8)
    │  │  └─ Days ~ Normal(0, 48.89)
    │  └─ r_Subject[Intercept, Days], 18 levels of Subject
    │     ├─ sd_Subject[Intercept, Days]
    │     │  ├─ Intercept ~ HalfStudentT(3, 56.33)
    │     │  └─ Days ~ HalfStudentT(3, 19.56)
    │     └─ cor_Subject ~ LKJ(1)
    └─ sigma ~ HalfStudentT(3, 56.33)
    """
    if not isinstance(of, Model):
        of = model(of, functions=functions, priors=priors, family=family)
    return graph_of(of.spec)
