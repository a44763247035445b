"""The program that a fit was drawn from."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from formix.errors import FormixWarning
from formix.results.attributes import read_recipe
from formix.results.groups import opened
from formix.results.recipe import checksum
from formix.verbs.model import model

if TYPE_CHECKING:
    from formix.families import Family


def source(
    fit: object,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> str:
    """Return the NumPyro program of a fit, written again from what the fit says of itself.

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

    Warns
    -----
    FormixWarning
        If the program is not, letter by letter, the one that was sampled.

    Examples
    --------
    >>> print(fx.source(fit).splitlines()[0])
    import jax.numpy as jnp
    """
    text = model(fit, functions=functions, priors=priors, family=family).source
    recipe = read_recipe(opened(fit))
    if checksum(text) != recipe.source_sha256:
        made_by = recipe.run.get("formix_version", "another version")
        warnings.warn(
            f"this program is not word for word the one that was sampled: formix {made_by} wrote "
            "that one",
            FormixWarning,
            stacklevel=2,
        )
    return text
