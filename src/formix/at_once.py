"""A formula and data -> draws, in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from formix.models import Model

if TYPE_CHECKING:
    from formix.families import Family


def fit(
    formula: str | Sequence[str],
    data: object,
    family: str | Family = "gaussian",
    *,
    priors: str | Mapping[str, object] = "default",
    functions: Mapping[str, Callable[..., Any]] | None = None,
    contrasts: Mapping[str, object] | None = None,
    **settings: Any,
) -> Any:
    """Return `Model(formula, data, ...).fit(**settings)`.

    Examples
    --------
    >>> import formix as fx
    >>> fx.fit("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"), engine="none")
    Traceback (most recent call last):
        ...
    formix.errors.ArgumentError: there is no engine 'none'
    ...
    """
    model = Model(formula, data, family, priors=priors, functions=functions, contrasts=contrasts)
    return model.fit(**settings)
