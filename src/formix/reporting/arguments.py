"""What a user would give to make the same model: sure to, as it is tried."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from formix.catalogue import load
from formix.errors import FormixError
from formix.models import Model
from formix.parametrisation import CENTRED
from formix.verbs.packaged import packaged

if TYPE_CHECKING:
    import pandas as pd

    from formix.results.recipe import Recipe

_DEFAULT = "default"


@dataclass(frozen=True)
class Arguments:
    """The arguments of `Model`.

    Parameters
    ----------
    formula, family
        As text; a family with the links that are not its default ones.
    dataset
        The packaged dataset that the data are; empty if none.
    priors
        By address, the set of all others under the empty one.
    contrasts, parametrisation
        By column and by group.
    """

    formula: str
    family: str
    dataset: str = ""
    priors: Mapping[str, str] = field(default_factory=dict[str, str])
    contrasts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    parametrisation: Mapping[str, str] = field(default_factory=dict[str, str])

    def model(self, frame: pd.DataFrame) -> Model:
        """Return the model that they make, of a packaged dataset where they name one."""
        return Model(
            self.formula,
            load(self.dataset) if self.dataset else frame,
            self.family,
            priors=self.priors or _DEFAULT,
            contrasts=self.contrasts,
            parametrisation=self.parametrisation,
        )


def arguments(model: Model, recipe: Recipe) -> Arguments | None:
    """Return the arguments that make a model again; nothing where text cannot say them.

    They are tried: the model that they make must have the same priors, program and encoding.
    """
    if recipe.needs or recipe.relations:
        return None
    found = Arguments(
        "; ".join(recipe.formula.splitlines()),
        _family(model, recipe),
        packaged(model.frame),
        _priors(recipe),
        recipe.contrasts,
        dict.fromkeys(recipe.centred, CENTRED),
    )
    try:
        same = _same(found.model(model.frame).recipe, recipe)
    except FormixError:
        return None
    return found if same else None


def _family(model: Model, recipe: Recipe) -> str:
    usual = {one.name: one.links[0] for one in model.family.parameters}
    chosen = {name: one for name, one in recipe.links.items() if one != usual.get(name)}
    links = ", ".join(f"{name}={one}" for name, one in chosen.items())
    return f"{recipe.family}({links})" if links else recipe.family


def _priors(recipe: Recipe) -> dict[str, str]:
    """Return the priors that the user gave, by the address under which each was given."""
    usual = {} if recipe.prior_set == _DEFAULT else {"": recipe.prior_set}
    own = [prior for prior in recipe.priors if prior.origin != recipe.prior_set]
    return usual | {prior.origin: prior.text for prior in own}


def _same(made: Recipe, recipe: Recipe) -> bool:
    return (
        made.source_sha256 == recipe.source_sha256
        and made.priors == recipe.priors
        and json.dumps(made.encoding, sort_keys=True) == json.dumps(recipe.encoding, sort_keys=True)
    )
