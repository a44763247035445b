"""The priors of a model as brms's `prior()` lines."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formix.prior import MEANS, Prior
from formix.spec import MAIN
from formix.syntax.spelling import spell_number, spell_text
from formix.verbs.priors import priors
from formix.verbs.r_call import right_sides
from formix.verbs.r_formula import renamed
from formix.verbs.r_names import brms_name, brms_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from formix.models import Model
    from formix.prior import PriorEntry

BRMS = "brms"
"""The set that brms takes by itself."""

_SUPPORTS = {"positive": (0.0, math.inf), "unit": (0.0, 1.0)}


@dataclass(frozen=True)
class _Place:
    """Where brms has a prior: `prior(..., class = "sd", coef = "Days", group = "Subject")`."""

    kind: str
    coef: str = ""
    group: str = ""
    parameter: str = ""

    @property
    def arguments(self) -> str:
        """The arguments that say so."""
        named = {
            "class": self.kind, "coef": self.coef, "group": self.group, "dpar": self.parameter
        }  # fmt: skip
        return ", ".join(f"{name} = {spell_text(x)}" for name, x in named.items() if x)

    @property
    def of_class(self) -> str:
        """The same for all of the class."""
        return _Place(self.kind, parameter=self.parameter).arguments


def prior_lines(built: Model) -> tuple[list[str], list[str]]:
    """Return the priors that brms does not take by itself, and remarks on what it cannot have."""
    lines: list[str] = []
    remarks: list[str] = []
    for entry, place in _places(built):
        if entry.origin == BRMS:
            continue
        line, remark = _line(entry, place, _support(built, entry))
        if line and line not in lines:
            lines.append(line)
        if remark and remark not in remarks:
            remarks.append(remark)
    return lines, remarks


def _places(built: Model) -> Iterator[tuple[PriorEntry, _Place | None]]:
    table = priors(built)
    r_names = {
        (predictor.name, column.label): column.r
        for predictor in built.spec.predictors
        for column in predictor.columns
    }
    r_names |= {
        (effect.predictor, effect.column.label): effect.column.r
        for block in built.spec.blocks
        for effect in block.effects
    }
    calls = renamed(right_sides(built).values())
    for ours, theirs in calls.items():
        r_names = {key: r.replace(ours, theirs) for key, r in r_names.items()}
    family = built.family.name
    for entry, (_, row) in zip(built.spec.priors, table.iterrows(), strict=True):
        said = {str(name): str(value) for name, value in row.items()}
        place = _place(entry, said, r_names)
        if place is not None:
            kind, dpar = (brms_parameter(family, name) for name in (place.kind, place.parameter))
            place = replace(place, kind=kind, parameter=dpar)
        yield entry, place


def _place(
    entry: PriorEntry, said: dict[str, str], r_names: dict[tuple[str, str], str]
) -> _Place | None:
    """Return where brms has the prior of an address; None where it has none."""
    predictor, label = said["parameter"], said["coef"]
    for name, _ in r_names:
        # An effect of a block shared across formulas is called `sigma.Days`.
        if label.startswith(f"{name}.") and (name, label[len(name) + 1 :]) in r_names:
            predictor, label = name, label[len(name) + 1 :]
            break
    dpar = "" if predictor == MAIN else predictor.replace("[", "").replace("]", "")
    coef = brms_name(r_names.get((predictor, label), label))
    known = {name for of, name in r_names if of == predictor}
    # Of `mm(a, b)`.
    group = brms_name(said["group"]) if "(" in said["group"] else said["group"]
    match said["class"].rpartition(".")[2]:
        case "beta":
            if label == "Intercept":
                return _Place("Intercept", parameter=dpar) if _is_at_means(entry) else None
            return _Place("b", coef, parameter=dpar)
        case "sd":
            return _Place("sd", coef, group, dpar) if label in known else None
        case "cor":
            return _Place("cor", group=group)
        case "threshold":
            return _Place("Intercept") if _is_at_means(entry) else None
        case kind:
            # A parameter of the family has no further address.
            return _Place(kind) if kind == said["parameter"] else None


def _is_at_means(entry: PriorEntry) -> bool:
    """Whether a prior is of an intercept as brms's are, at the means of the columns.

    One without a prior is without it everywhere.
    """
    proper = not isinstance(entry.prior, Prior) or entry.prior.is_proper
    return not proper or entry.key.removesuffix("]").endswith(MEANS)


def _support(built: Model, entry: PriorEntry) -> tuple[float, float]:
    """Return where the parameter of a prior lies."""
    found = (p.support for p in built.spec.parameters if entry.key in p.keys)
    return _SUPPORTS.get(next(found, "real"), (-math.inf, math.inf))


def _line(entry: PriorEntry, place: _Place | None, support: tuple[float, float]) -> tuple[str, str]:
    """Return the line of a prior, and what is to be said of it."""
    prior = entry.prior
    if place is None or entry.squared or not isinstance(prior, Prior):
        return "", f"{entry.address} ~ {prior}: {_instead(entry, place)}"
    if not prior.is_proper:
        return ("" if place.kind == "b" else f'set_prior("", {place.of_class})'), ""
    numbers = {name: spell_number(value) for name, value in prior.named.items()}
    text = prior.kind.brms.format(**numbers)
    if prior.kind.joint is not None:
        remark = (
            f"{entry.key} ~ {prior}: brms takes coefficients as they are, formix in units of "
            "the residual sd over the sd of the column"
        )
        return f"prior({text}, {place.of_class})", remark
    bounds = "" if place.kind == "cor" else _bounds(prior, support)
    if bounds and place.coef:
        return "", f"{entry.address} ~ {prior}: brms has bounds for a whole class only"
    return f"prior({text}, {place.arguments}{bounds})", ""


def _instead(entry: PriorEntry, place: _Place | None) -> str:
    """Return why a prior is not written."""
    if entry.key.endswith("[Intercept]") and place is None:
        return 'write 0 + Intercept + ... in brms, which makes it a coefficient of class "b"'
    if place is None:
        return "default_prior() of brms lists where it has such a prior, if it has"
    return "brms has no prior there"


def _bounds(prior: Prior, support: tuple[float, float]) -> str:
    """Return the bounds of a prior where they are not those of the parameter."""
    each = zip(("lb", "ub"), prior.bounds, support, strict=True)
    given = [
        f", {name} = {spell_number(x)}" for name, x, own in each if x != own and math.isfinite(x)
    ]
    return "".join(given)
