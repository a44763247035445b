"""A posterior beside the estimates of lme4."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from formix.errors import ArgumentError, FormixWarning, UnsupportedError
from formix.formulas import parse, to_text
from formix.likeness import likeness, unlike
from formix.maximum import Estimates
from formix.resources import resource
from formix.results.sample import sample
from formix.spec import MAIN
from formix.verbs.lme4 import Key, Lme4, component_names, key_of, of_estimates, of_stored
from formix.verbs.model import model as model_of
from formix.verbs.packaged import is_packaged
from formix.verbs.r_call import addition
from formix.verbs.rscript import by_rscript
from formix.verbs.table import FORMATS, Table
from formix.verbs.varcorr import RESIDUAL, components

if TYPE_CHECKING:
    from formix.families import Family
    from formix.models import Model
    from formix.results.sample import Sample
    from formix.verbs.lme4 import Method

COMMON = "common"
"""The part of the table that holds the common (fixed) effects."""

_METHODS = ("REML", "ML")


@dataclass(frozen=True, eq=False)
class _Row:
    """One number of both: its part and name with us, its name with lme4, and its draws."""

    part: str
    name: str
    theirs: str
    draws: np.ndarray
    estimate: float
    se: float = np.nan


def compare_lme4(
    fit: object,
    reference: object = None,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> pd.DataFrame:
    """Return the posterior beside the estimates of lme4, under the names of both.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    reference
        By default what lme4 1.1-31 gave where the model is one of the package's own data, else our
        own estimates: REML ones, or ML ones of a response that is not gaussian. `"REML"` or `"ML"`
        asks for one of the two; `"R"` runs lme4 where it is installed. Or estimates, such as
        `model.ml()`; or a stored result: a
        mapping, or the path of a JSON file, that holds `reml` or `ml`, each with `fixed` (`names`,
        `estimate`, `se`), `varcomp` (a list of `group`, `names`, `sd`, `corr`) and `sigma`.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    DataFrame
        By `part` (`common`, a group, `Residual`) and `name`: what it is in `lme4`; the posterior's
        `mean` and `sd`; lme4's `estimate` and standard error `se`; and the `difference` of mean and
        estimate in standard errors, or in posterior sds where lme4 has no standard error. What one
        of them has not is NaN. The name of the columns says what was compared with.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If `reference` is none of what it may be, or is of another model: of other terms, another
        family or link; and estimates such as `model.ml()`, of other groups' effects or other data.
    UnsupportedError
        If lme4 has no such model, or R or lme4 is not installed.
    DataError
        If a stored result cannot be read.

    Warns
    -----
    FormixWarning
        If lme4 reads the formula differently.

    Examples
    --------
    >>> table = fx.compare_lme4(fit)
    >>> table.columns.tolist()
    ['lme4', 'mean', 'sd', 'estimate', 'se', 'difference']
    >>> print(table.columns.name)
    REML by lme4 1.1-31
    >>> print(table.loc[("Subject", "sd(Days)"), "lme4"])
    sd_Days|Subject
    """
    drawn = sample(fit, "posterior")
    built = model_of(fit, functions=functions, priors=priors, family=family)
    _check(built)
    found = _reference(built, reference)
    for note in built.notes:
        if "lme4" in note:
            warnings.warn(note, FormixWarning, stacklevel=2)
    rows = [*_common(drawn, built, found), *_components(drawn, built, found)]
    if isinstance(reference, Estimates):
        _check_same(reference, built)
    return _table(rows, found)


def _check(built: Model) -> None:
    family, spec = built.family, built.spec
    others = [predictor.name for predictor in spec.predictors if predictor.name != MAIN]
    if family.by_level or family.thresholds or family.columns or others:
        levels = not others or others[0].startswith(f"{MAIN}[")
        what = f"{family.name} responses" if levels else others[0]
        raise UnsupportedError(
            f"lme4 has no model of {what}", hint="fx.r_code(fit) says what the model is in brms"
        )


def _reference(built: Model, reference: object) -> Lme4:
    if isinstance(reference, Mapping) or (
        isinstance(reference, str | PathLike) and reference not in (*_METHODS, "R")
    ):
        return of_stored(cast("Mapping[str, Any]", reference), None)
    if isinstance(reference, Estimates):
        return of_estimates(reference, built.spec)
    if isinstance(reference, str) and reference == "R":
        return by_rscript(built)
    if reference is not None and not isinstance(reference, str):
        shown = repr(cast("object", reference)).partition("\n")[0]
        raise ArgumentError(
            f"`reference` is {shown}",
            hint='it is "REML", "ML", "R", model.ml(), a mapping, or the path of a JSON file',
        )
    method = cast("Method | None", reference)
    stored = _packaged(built)
    if stored is not None and (method is None or method.lower() in stored):
        return of_stored(stored, method)
    if method is None and not built.family.residual:
        method = "ML"
    found = built.ml() if method == "ML" else built.reml()
    return of_estimates(found, built.spec)


def _check_same(reference: Estimates, built: Model) -> None:
    """Refuse estimates of another model, or of other data, whose names are those of the fit."""
    why = unlike(reference.made_of, likeness(built.spec)) if reference.made_of else ""
    if why:
        raise ArgumentError(
            f"the reference is of another model: {why}",
            hint=f'fx.compare_lme4(fit, "{reference.method}") estimates the model of the fit',
        )


def _packaged(built: Model) -> Mapping[str, Any] | None:
    """Return what lme4 gave, where formula, family and data are those of a packaged result."""
    text = resource("data", "lme4/fits.json").read_text(encoding="utf-8")
    results = json.loads(text)
    # lme4 has one family for both.
    family = "binomial" if built.family.name == "bernoulli" else built.family.name
    formula = _formula(built)
    link = built.spec.predictors[0].link.name
    for entry in results["fits"]:
        same = (entry["family"], entry["link"]) == (family, link)
        if same and to_text(parse(entry["formula"])) == formula and _is_of(built, entry["dataset"]):
            return {**entry, "made_with": results["made_with"]}
    return None


def _formula(built: Model) -> str:
    """Return the formula, a response of successes and trials written as lme4 has it."""
    text = to_text(built.formula)
    trials = addition(built, "trials")
    if trials is None:
        return text
    said = to_text(built.formula.main.left)
    right = text.partition("~")[2]
    return to_text(
        parse(f"cbind({said}, {to_text(trials.call.arguments[0].value)} - {said}) ~{right}")
    )


def _is_of(built: Model, dataset: str) -> bool:
    """Whether the data of a model is a packaged dataset, its factors coded as there."""
    return not built.recipe.contrasts and is_packaged(built.frame, dataset)


def _common(drawn: Sample, built: Model, found: Lme4) -> Iterator[_Row]:
    columns = built.spec.predictors[0].columns
    # R puts backticks around some names that need none with us.
    theirs = {name.replace("`", ""): name for name in found.fixed}
    ours = [column.r.replace("`", "") for column in columns]
    odd = [name for name in (*ours, *theirs) if (name in theirs) != (name in ours)]
    if odd:
        raise ArgumentError(
            f"the reference is of another model: `{odd[0]}` is not in both",
            hint=f"its common effects: {', '.join(found.fixed)}",
        )
    for site in drawn.of("common"):
        draws = drawn.draws(site).to_numpy()
        for j, (column, name) in enumerate(zip(columns, ours, strict=True)):
            said = theirs[name]
            yield _Row(COMMON, column.label, said, draws[..., j], *found.fixed[said])


def _components(drawn: Sample, built: Model, found: Lme4) -> Iterator[_Row]:
    keys: dict[tuple[str, str], Key] = {}
    names: dict[frozenset[str], str] = {}
    for blocks in built.spec.groups:
        keys |= {(blocks[0].group, name): key for name, key in component_names(blocks)}
        names[key_of(blocks[0].factors)[0]] = blocks[0].group
    seen: set[Key] = set()
    residual: list[_Row] = []
    for one in components(drawn):
        if one.group == RESIDUAL:
            residual.append(_Row(RESIDUAL, one.name, "sigma", one.draws, found.sigma))
            continue
        key = keys.get((one.group, one.name))
        if key is None:
            # `rho` makes several correlations, and lme4 tells those.
            yield _Row(one.group, one.name, "", one.draws, np.nan)
            continue
        seen.add(key)
        estimate = found.components.get(key, np.nan)
        yield _Row(one.group, one.name, _theirs(key, found, one.group), one.draws, estimate)
    for key, estimate in found.components.items():
        if key not in seen:
            group = names.get(key[0], ":".join(sorted(key[0])))
            theirs = _theirs(key, found, group)
            yield _Row(group, theirs.split("|")[0], theirs, np.full((1, 1), np.nan), estimate)
    yield from residual


def _theirs(key: Key, found: Lme4, group: str) -> str:
    """Return a component as lme4's `confint` names it."""
    group = found.groups.get(key[0], group)
    effects = sorted(key[1], key=lambda name: (name == "(Intercept)", name))
    kind = "sd" if len(effects) == 1 else "cor"
    return f"{kind}_{'.'.join(effects)}|{group}"


def _table(rows: list[_Row], found: Lme4) -> pd.DataFrame:
    means = np.array([row.draws.mean() for row in rows])
    sds = np.array([np.std(row.draws, ddof=1) if row.draws.size > 1 else np.nan for row in rows])
    estimates, errors = (np.array([getattr(r, name) for r in rows]) for name in ("estimate", "se"))
    unit = np.where(np.isnan(errors), sds, errors)
    with np.errstate(invalid="ignore", divide="ignore"):
        differences = (means - estimates) / unit
    index = pd.MultiIndex.from_tuples([(r.part, r.name) for r in rows], names=["part", "name"])
    table = Table(
        {
            "lme4": [row.theirs for row in rows],
            "mean": means,
            "sd": sds,
            "estimate": estimates,
            "se": errors,
            "difference": differences,
        },
        index=index,
    )
    table.attrs[FORMATS] = {"difference": ".2f"}
    return table.rename_axis(columns=found.by)
