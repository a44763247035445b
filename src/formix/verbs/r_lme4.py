"""The call of lme4, or of its neighbours, that fits a model by maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from formix.spec import MAIN
from formix.syntax.spelling import spell_text
from formix.syntax.tree import Call
from formix.verbs.r_call import (
    RCall,
    addition,
    argument,
    called,
    libraries,
    right_sides,
    successes,
)
from formix.verbs.r_formula import bars_in, functions_in, in_r, right_side, spelled
from formix.verbs.r_names import COUNTERPARTS, Counterpart

if TYPE_CHECKING:
    from formix.models import Model
    from formix.syntax.tree import Bar

LME4, TMB, ORDINAL, STATS = "lme4", "glmmTMB", "ordinal", "stats"

_OTHERS = ("se", "cens", "trunc")
"""What of a response no package of maximum likelihood has."""


def lme4_call(built: Model) -> RCall:
    """Return the call of lme4; of glmmTMB or ordinal where lme4 has no such model, else none."""
    counterpart = COUNTERPARTS.get(built.family.name, Counterpart())
    lacking = list(_lacking(built, counterpart))
    if lacking:
        return RCall(
            (), tuple(f"lme4 and its neighbours have no counterpart: {x}" for x in lacking)
        )
    package = _package(built, counterpart)
    formula = f"{_left(built, counterpart)} ~ {_right(built, package)}"
    function, family = _function(built, package, counterpart)
    arguments = [formula, "data = data", *family, *_weights(built), *_further(built, counterpart)]
    contrasts = {name: c.name for name, c in built.encoding.contrasts.items()}
    if contrasts:
        said = (f"{name} = {spell_text(f'contr.{coding}')}" for name, coding in contrasts.items())
        arguments.append(f"contrasts = list({', '.join(said)})")
    loaded = libraries("" if package == STATS else package, built)
    remarks = [note for note in built.notes if "lme4" in note] if package == LME4 else []
    if "sigma" in right_sides(built):
        remarks.append(
            "in older glmmTMB, 1.1.5 among them, dispformula is of the log variance, not the log sd"
        )
    return RCall((*loaded, *called(function, arguments)), tuple(remarks))


def _link(built: Model) -> str:
    return built.spec.predictors[0].link.name


def _bars(built: Model) -> list[Bar]:
    return bars_in(right_sides(built)[MAIN])


def _lacking(built: Model, counterpart: Counterpart) -> Iterator[str]:
    """Yield what of the model none of the packages has."""
    if not counterpart.package:
        yield f"the family {built.family.name}"
    response = built.terms.response
    yield from (f"`{one.text}`" for one in response.additions if one.name in _OTHERS)
    weights = addition(built, "weights")
    if weights and "weights" not in built.spec.response.known and built.family.dispersion:
        yield f"`{weights.text}`, a power of the likelihood"
    if addition(built, "rate") and _link(built) != "log":
        yield "`rate()` with another link than log"
    yield from (f"`{one.text}`" for one in built.terms.fixed)
    known = {MAIN, counterpart.zeros, "sigma" if counterpart.function == "gaussian" else MAIN}
    others = [name for name in right_sides(built) if name not in known]
    if others:
        yield f"a formula of {', '.join(others)}"
    for bar in (bar for node in right_sides(built).values() for bar in bars_in(node)):
        if bar.id:
            yield f"effects shared across formulas, `{bar.id}`"
        yield from (f"`{name}()`" for name in sorted(functions_in(bar.group) & {"gr", "mm"}))
    for factor, contrast in built.encoding.contrasts.items():
        if contrast.name == "matrix":
            yield f"the contrasts of `{factor}` are a matrix of your own"


def _package(built: Model, counterpart: Counterpart) -> str:
    bars = _bars(built)
    if "sigma" in right_sides(built):
        return TMB
    structured = any(bar.covariance not in ("us", "diag") or bar.written == "diag" for bar in bars)
    if counterpart.package == LME4:
        return TMB if structured else LME4 if bars else STATS
    return counterpart.package


def _function(built: Model, package: str, counterpart: Counterpart) -> tuple[str, list[str]]:
    """Return the function of a package and the argument that names the family."""
    link = _link(built)
    if package == ORDINAL:
        return ("clmm" if _bars(built) else "clm"), [f"link = {spell_text(link)}"]
    gaussian = counterpart.function == "gaussian" and link == "identity"
    family = [] if gaussian else [f"family = {counterpart.function}({_said(link)})"]
    if package == TMB:
        return "glmmTMB", family
    if package == STATS:
        return ("lm" if gaussian else "glm"), family
    return ("lmer" if gaussian else "glmer"), family


def _said(link: str) -> str:
    return f"link = {spell_text(link)}"


def _left(built: Model, counterpart: Counterpart) -> str:
    node = built.formula.main.left
    trials = addition(built, "trials")
    both = successes(node) if "trials" in built.family.arrays else None
    if trials is not None:
        said = spelled(in_r(node))
        return f"cbind({said}, {argument(trials)} - {said})"
    if both is not None and isinstance(node, Call) and node.function == "prop":
        first, whole = (spelled(in_r(one)) for one in both)
        return f"cbind({first}, {whole} - {first})"
    text = spelled(in_r(node))
    return f"log({text})" if counterpart.logarithm else text


def _right(built: Model, package: str) -> str:
    node = right_sides(built)[MAIN]
    text = right_side(node, built.terms[MAIN], plain_bars=package != TMB)
    rate = addition(built, "rate")
    return text if rate is None else f"{text} + offset(log({argument(rate)}))"


def _weights(built: Model) -> list[str]:
    weights = addition(built, "weights")
    return [] if weights is None else [f"weights = {argument(weights)}"]


def _further(built: Model, counterpart: Counterpart) -> list[str]:
    """Return the arguments of glmmTMB that lme4 has not."""
    names = {"sigma": "dispformula", counterpart.zeros: "ziformula"}
    found = {
        names[name]: right_side(node, built.terms[name], plain_bars=False)
        for name, node in right_sides(built).items()
        if name in names
    }
    if counterpart.zeros:
        found.setdefault("ziformula", "1")
    return [f"{name} = ~ {text}" for name, text in found.items()]
