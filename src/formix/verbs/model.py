"""The model that a fit was made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from formix.errors import FormixError
from formix.models import Model
from formix.results.attributes import damaged, read_recipe
from formix.results.groups import opened

if TYPE_CHECKING:
    from formix.families import Family


def model(
    fit: object,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> Model:
    """Return the model that a fit was made with: nothing is learnt again, no stored code is run.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.

    Examples
    --------
    >>> fx.model(fit).design.columns
    ('Intercept', 'Days')
    """
    recipe = read_recipe(opened(fit))
    try:
        return Model.from_recipe(recipe, functions=functions, priors=priors, family=family)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, FormixError):
            raise
        raise damaged(error) from error
