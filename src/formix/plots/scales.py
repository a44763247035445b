"""The scale that a coefficient is on: the unit of the response, or the link's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.plots.labels import plain, unit_of
from formix.results.attributes import read_columns, read_recipe
from formix.spec import MAIN
from formix.verbs.factors import factors

if TYPE_CHECKING:
    from formix.results.groups import Groups


def effect_scale(found: Groups, effect: str) -> str:
    """Return what a coefficient is measured in, in brackets with a space before, or nothing.

    Parameters
    ----------
    effect
        Its label, with its predictor in front beyond the main one: `Days`, `sigma.Intercept`.

    Returns
    -------
    str
        ` (ms)` of an intercept, ` (ms per unit of Days)` of a slope, ` (log scale)` under a link.
    """
    recipe, columns = read_recipe(found), read_columns(found)
    predictor = next((p for p in recipe.links if effect.startswith(f"{p}.")), "")
    link = recipe.links.get(predictor or MAIN, next(iter(recipe.links.values()), "identity"))
    label = effect.removeprefix(f"{predictor}.") if predictor else effect
    kinds = {column.name: column.kind for column in columns}
    slopes = [part for part in factors(label) if kinds.get(part.strip("`")) == "number"]
    per = [f"per {unit_of(one, found) or f'unit of {one}'}" for one in slopes]
    if link != "identity":
        return plain(f" ({' '.join([f'{link} scale', *per])})")
    response = recipe.formula.partition("~")[0].partition("|")[0].strip().strip("`")
    unit = unit_of(response, found)
    return plain(f" ({' '.join([unit, *per])})") if unit else ""
