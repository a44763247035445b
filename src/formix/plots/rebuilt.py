"""What a result does not hold of the model that it is of, and pictures take again by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from formix.families import Family


class Rebuilt(TypedDict, total=False):
    """The user's own functions, priors outside the table, and family, as `fx.model` takes them."""

    functions: Mapping[str, Callable[..., Any]] | None
    priors: Mapping[str, object] | None
    family: Family | None
