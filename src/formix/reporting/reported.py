"""What the parts of a report read: the fit, what it says of itself, the model made again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from formix.results import diagnose
from formix.results.attributes import read_recipe
from formix.results.groups import opened
from formix.results.json_text import decode
from formix.results.sample import sample
from formix.verbs.model import model as model_of
from formix.verbs.summary import summary

if TYPE_CHECKING:
    from formix.families import Family
    from formix.models import Model
    from formix.results.diagnostics import Finding
    from formix.results.groups import Groups
    from formix.results.recipe import Recipe
    from formix.results.sample import Sample
    from formix.verbs.summary import Summary


@dataclass(frozen=True, eq=False)
class Reported:
    """A fit that is reported.

    Parameters
    ----------
    fit
        As it was given.
    name
        The name of the file that it was read from, or that it would be written to.
    functions, priors, family
        What the result does not hold, where the model has any.
    """

    fit: object
    name: str = "fit.nc"
    functions: Mapping[str, Callable[..., Any]] | None = None
    priors: Mapping[str, object] | None = None
    family: Family | None = None

    @cached_property
    def found(self) -> Groups:
        """The groups of the result."""
        return opened(self.fit)

    @cached_property
    def drawn(self) -> Sample:
        """The draws of the posterior, by site."""
        return sample(self.fit, "posterior")

    @cached_property
    def recipe(self) -> Recipe:
        """What the result says of its model."""
        return read_recipe(self.found)

    @cached_property
    def model(self) -> Model:
        """The model made again.

        Raises
        ------
        ResultError
            If it needs what the result does not hold, and is not given.
        """
        return model_of(self.fit, **self.given)

    @property
    def given(self) -> dict[str, Any]:
        """What was given because the result does not hold it, as verbs take it."""
        return {"functions": self.functions, "priors": self.priors, "family": self.family}

    @cached_property
    def summary(self) -> Summary:
        """The summary of every parameter."""
        return summary(self.fit)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the draws."""
        return diagnose(self.found)

    @property
    def response(self) -> str:
        """The name of the response."""
        stored = str(decode(self.found.attributes.get("response", ""), "response"))
        return str(self.found["observed_data"][stored].attrs.get("name", stored))

    @property
    def approximation(self) -> str:
        """Whose approximation of the posterior was drawn from; empty where it is the posterior."""
        return str(self.recipe.run.get("approximation") or "")

    @property
    def engine(self) -> str:
        """The name of the engine that drew; empty where the result does not say."""
        return str(self.recipe.run.get("engine", ""))
