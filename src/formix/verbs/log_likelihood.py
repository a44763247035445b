"""The pointwise log likelihood of a fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from formix.results.datasets import likelihood_dataset
from formix.results.inference import with_group
from formix.results.layout import lay_out
from formix.results.sample import sample
from formix.verbs.model import model

GROUP = "log_likelihood"


def log_likelihood(
    fit: object,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
) -> Any:
    """Return a fit that has its pointwise log likelihood, which `az.loo` needs.

    A fit has it from the start unless it would hold more than ten million numbers; it is then made
    here, from the draws. It is conditional on the group-level effects.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened. It stays as it is.
    functions, priors
        The user's own functions, and priors outside the table, where the model has any: a result
        does not hold them.

    Returns
    -------
    InferenceData or DataTree
        The same fit with the group `log_likelihood`: one variable, named as the response.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.

    Examples
    --------
    >>> fx.log_likelihood(fit).log_likelihood["Reaction"].dims
    ('chain', 'draw', 'obs')
    """
    drawn = sample(fit, "posterior")
    if GROUP in drawn.found:
        return fit
    built = model(fit, functions=functions, priors=priors)
    layout = lay_out(built.spec, built.recipe.frame)
    return with_group(fit, GROUP, likelihood_dataset(built.spec, layout, drawn.values()))
