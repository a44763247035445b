"""Every prior of a model or a fit, with where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from formix.models import Model
from formix.prior import MEANS
from formix.results.attributes import read_recipe, read_sites
from formix.results.groups import opened
from formix.results.layout import lay_out
from formix.spec import MAIN, prefix

if TYPE_CHECKING:
    from formix.results.layout import Site
    from formix.results.recipe import RecipePrior

_SETS = ("default", "brms", "flat")

_CLASSES = {"common": "beta", "sd": "sd", "cor": "cor", "covariance": "rho"}


def priors(of: object) -> pd.DataFrame:
    """Return every prior of a model or a fit, one row an address.

    Parameters
    ----------
    of
        A model, what `Model.fit` returned, or a file of it that was opened.

    Returns
    -------
    DataFrame
        By `key`, the address under which it is given: the `prior` itself; its `origin`, a set or
        the key of yours that set it; the `rule`, why it is what it is; the `class`, under which all
        of its kind are given, such as `beta`, `sigma.beta` or `sd`; the `parameter` of the family,
        and the `group` and `coef` that it is of, empty where it is of none or of all.

    Raises
    ------
    ResultError
        If the result is not one of formix, or is damaged.

    Examples
    --------
    >>> table = fx.priors(fit)
    >>> table.columns.tolist()
    ['prior', 'origin', 'rule', 'class', 'parameter', 'group', 'coef']
    >>> print(table.loc["beta[Days]", "rule"])
    scale 2.5 sd(y) / sd(Days)
    """
    if isinstance(of, Model):
        recipe = of.recipe
        sites: Iterable[Site] = lay_out(of.spec, recipe.frame).sites
    else:
        found = opened(of)
        recipe, sites = read_recipe(found), read_sites(found)
    known = tuple(sites)
    return pd.DataFrame(
        [_row(prior, known) for prior in recipe.priors],
        index=pd.Index([prior.key for prior in recipe.priors], name="key"),
        columns=["prior", "origin", "rule", "class", "parameter", "group", "coef"],
    )


def _row(prior: RecipePrior, sites: tuple[Site, ...]) -> list[str]:
    """Return what the table says of one prior."""
    key = prior.key.removesuffix("^2").removesuffix(MEANS)
    within = [site for site in sites if key == site.name or key.startswith(f"{site.name}[")]
    rule = prior.rule if prior.origin in _SETS else "yours"
    if prior.key.endswith("^2"):
        rule += ", of its square"
    said = [prior.text, prior.origin, rule]
    if not within:
        return [*said, key, key, "", ""]
    site = max(within, key=lambda one: len(one.name))
    start = prefix(site.predictor)
    start = start if site.predictor != MAIN and site.name.startswith(start) else ""
    kind = _CLASSES.get(site.kind, "")
    coef = key[len(site.name) + 1 : -1].removesuffix(MEANS)
    return [*said, start + kind if kind else site.name, site.predictor, site.group, coef]
