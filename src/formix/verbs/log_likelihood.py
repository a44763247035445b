"""The log likelihood of a fit: of each observation, or of each level of a group."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import xarray as xr

from formix.errors import ArgumentError, FormixWarning, UnsupportedError
from formix.results.datasets import by_level, likelihood_dataset
from formix.results.inference import with_group
from formix.results.json_text import decode
from formix.results.layout import lay_out
from formix.results.likelihood import flat, log_densities
from formix.results.sample import sample
from formix.results.units import unit_log_likelihood, units_of
from formix.verbs.groups import group_named
from formix.verbs.model import model
from formix.verbs.redraw import with_effects

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.families import Family
    from formix.models import Model
    from formix.results.layout import Layout
    from formix.results.sample import Sample
    from formix.results.units import Units
    from formix.spec import Spec

GROUP = "log_likelihood"

_EXACT = 1e-8
"""What an integral may err by without a word."""


def log_likelihood(
    fit: object,
    *,
    integrate: str = "",
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> Any:
    """Return a fit that has its log likelihood, which `az.loo` needs.

    By default that of each observation, conditional on the group-level effects: how well a new
    observation of a known level is predicted. A fit has it from the start unless it would hold more
    than ten million numbers or the effects were not kept; it is then made here, from the draws, to
    which effects that were not kept are drawn again (`fx.redraw`).

    With a group to integrate, that of each level of the group: how well a whole new level is
    predicted. The effects of the group, and of groups nested in it, are integrated: by algebra
    where the response is gaussian with the identity link, else by quadrature, to 1e-8 where the
    density of a level's effects has one peak and no kink, for one or two effects a level. Those of
    groups that it is crossed with or nested in are conditioned on.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened. It stays as it is.
    integrate
        The group whose effects are integrated, such as `Subject`.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    InferenceData or DataTree
        The same fit with more in its group `log_likelihood`: a variable of chain, draw and obs,
        named as the response; or one of chain, draw and the group's levels, named after both,
        beside what is there: `az.loo(fit, var_name="Reaction_by_Subject")`.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If there is no such group.
    UnsupportedError
        If effects cannot be integrated: quadrature takes at most two a level, normal and
        independent between levels, and no groups within others.

    Warns
    -----
    FormixWarning
        If an integral may err by more than 1e-8.

    References
    ----------
    Merkle, Furr and Rabe-Hesketh (2019), doi:10.1007/s11336-019-09679-0.

    Examples
    --------
    >>> fx.log_likelihood(fit).log_likelihood["Reaction"].dims
    ('chain', 'draw', 'obs')
    >>> both = fx.log_likelihood(fit, integrate="Subject").log_likelihood
    >>> both["Reaction_by_Subject"].dims
    ('chain', 'draw', 'Subject')
    """
    drawn = sample(fit, "posterior")
    here = _beside(drawn)
    if not isinstance(cast("object", integrate), str):
        raise ArgumentError(
            f"`integrate` is {integrate!r}, and one group is integrated at a time",
            hint='integrate="Subject"; groups nested in it are integrated with it',
        )
    if not integrate and decode(drawn.found.attributes["response"], "response") in here:
        return fit
    built = model(fit, functions=functions, priors=priors, family=family)
    layout = lay_out(built.spec, built.recipe.frame)
    if integrate:
        group = group_named(integrate, (blocks[0].group for blocks in built.spec.groups))
        made = _integrated(built, layout, drawn, group)
    else:
        made = likelihood_dataset(layout, _conditional(built.spec, drawn))
    made = _at_the_draws(drawn, made)
    return with_group(fit, GROUP, here.assign(made.variables) if here.data_vars else made)


def _beside(drawn: Sample) -> xr.Dataset:
    """Return the log likelihoods that there are of these draws."""
    found = drawn.found.datasets.get(GROUP, xr.Dataset())
    posterior = drawn.found["posterior"]
    names = ("chain", "draw")
    same = all(name in found and posterior[name].equals(found[name]) for name in names)
    return found if same else xr.Dataset()


def _at_the_draws(drawn: Sample, made: xr.Dataset) -> xr.Dataset:
    """Return what was made with the labels of the draws, of which some may have been left out."""
    posterior = drawn.found["posterior"]
    return made.assign({name: posterior[name] for name in ("chain", "draw")})


def _conditional(spec: Spec, drawn: Sample) -> Float[np.ndarray, "chain draw obs"]:
    sizes = drawn.found["posterior"].sizes
    answer = np.empty((sizes["chain"], sizes["draw"], len(spec.response.values)))
    by_sample = answer.reshape(-1, answer.shape[2])
    for part, values in with_effects(spec, drawn):
        by_sample[part] = log_densities(spec, values)
    return answer


def _integrated(built: Model, layout: Layout, drawn: Sample, group: str) -> xr.Dataset:
    spec = built.spec
    units = _units(spec, group)
    sizes = drawn.found["posterior"].sizes
    values = flat(drawn.values())
    if all(site in values or site in units.inside for site in spec.effect_sites):
        by_sample, error = unit_log_likelihood(spec, values, units)
    else:
        parts = [unit_log_likelihood(spec, some, units) for _, some in with_effects(spec, drawn)]
        by_sample = np.concatenate([found for found, _ in parts])
        error = max(change for _, change in parts)
    if error > _EXACT:
        warnings.warn(
            f"the likelihood of the levels of {group} is integrated to {error:.1g} only",
            FormixWarning,
            stacklevel=4,
        )
    return by_level(layout, group, by_sample.reshape(sizes["chain"], sizes["draw"], -1))


def _units(spec: Spec, group: str) -> Units:
    block = next(blocks[0] for blocks in spec.groups if blocks[0].group == group)
    if block.varying.members > 1:
        raise UnsupportedError(
            f"the effects of `{group}` cannot be integrated: {block.varying.beyond}",
            text=spec.text,
            span=block.span,
            hint="fx.log_likelihood(fit) has the likelihood that is conditional on the effects",
        )
    return units_of(spec, block.index, len(block.levels))
