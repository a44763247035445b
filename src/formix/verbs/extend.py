"""More draws of a fit, from where its sampler stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from formix.engines.plan import whole
from formix.fitting import continued, warn_if_poor
from formix.results.groups import opened
from formix.results.inference import like
from formix.results.kept import kept
from formix.results.merge import merge
from formix.results.state import read_state
from formix.verbs.model import model

if TYPE_CHECKING:
    from formix.families import Family


def extend(
    fit: object,
    *,
    draws: int = 1000,
    progress: bool | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> Any:
    """Return a fit with more draws, as if it had been asked for them at the start.

    The sampler goes on from where it stopped, also from a file and in a new process: with the same
    versions, on the same machine, the draws are those of an uninterrupted fit bit by bit. Those of
    `whitened` are where it took one step a draw (the attribute `thin`): else how it came to its
    steps depends on how many draws were asked for.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened. It stays as it is.
    draws
        How many more, in each chain.
    progress
        Whether to draw a bar; by default where standard error is a terminal.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    InferenceData or DataTree
        The draws that were there and the new ones after them.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, needs what is not given, or holds no state
        of its sampler.
    ArgumentError
        If `draws` is not a whole number above zero.

    Warns
    -----
    ConvergenceWarning
        Once, if the draws should not be trusted yet.

    Examples
    --------
    >>> fx.extend(fit, draws=0)
    Traceback (most recent call last):
        ...
    formix.errors.ArgumentError: draws is 0, and it is a whole number, 1 or more
    ...
    """
    whole("draws", draws, 1)
    found = opened(fit)
    state = read_state(found)
    built = model(fit, functions=functions, priors=priors, family=family)
    engine = str(found.attributes.get("engine", "auto"))
    more = continued(
        built.spec,
        built.program,
        built.recipe,
        state,
        engine=engine,
        draws=draws,
        progress=progress,
        keep_groups=kept(found),
    )
    longer = merge(found, more)
    warn_if_poor(longer, stack=3)
    return like(fit, longer)
