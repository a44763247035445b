"""The call of brms that fits a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.spec import MAIN
from formix.syntax.spelling import spell_number, spell_text
from formix.verbs.r_call import (
    RCall,
    addition,
    argument,
    called,
    libraries,
    right_sides,
    successes,
)
from formix.verbs.r_formula import bars_in, in_r, right_side, spelled
from formix.verbs.r_names import (
    ABSENT,
    COUNTERPARTS,
    LINKS_OF_BRMS,
    Counterpart,
    brms_parameter,
)
from formix.verbs.r_priors import prior_lines

if TYPE_CHECKING:
    from formix.models import Model


def brms_call(built: Model) -> RCall:
    """Return the call of brms, none where it has no such family."""
    family = built.family
    if family.name in ABSENT:
        return RCall((), (f"brms has no counterpart: the family {family.name}",))
    bars = [bar for node in right_sides(built).values() for bar in bars_in(node)]
    structured = sorted({bar.covariance for bar in bars} - {"us", "diag"})
    if structured:
        # Its `cs()` is of something else.
        return RCall((), tuple(f"brms has no counterpart: `{name}()`" for name in structured))
    before, left = _left(built)
    sides = {name: right_side(node, built.terms[name]) for name, node in right_sides(built).items()}
    formula = f"{left} ~ {sides.pop(MAIN)}"
    further = [f"{brms_parameter(family.name, name)} ~ {text}" for name, text in sides.items()]
    further += [
        f"{brms_parameter(family.name, one.parameter)} = {spell_number(one.value)}"
        for one in built.terms.fixed
    ]
    if further:
        formula = "\n".join(called("bf", [formula, *further])).removeprefix("fit <- ")
    priors, remarks = prior_lines(built)
    arguments = [formula, "data = data", f"family = {_family(built)}"]
    matrices = dict.fromkeys(b.varying.matrix for b in built.spec.blocks if b.varying.matrix)
    if matrices:
        arguments.append(f"data2 = list({', '.join(f'{name} = {name}' for name in matrices)})")
    if priors:
        arguments.append("prior = c(\n  {}\n)".format(",\n  ".join(priors)))
    if "weights" in built.spec.response.known:
        remarks.append(
            "precision weights: brms's weights() would multiply the log likelihood; on the log "
            "link sigma ~ offset(-0.5 * log(w)) has them"
        )
    dropped = [column.r for matrix in built.design.predictors for column in matrix.dropped]
    if dropped:
        remarks.append(
            f"brms keeps {', '.join(f'`{name}`' for name in dropped)} and formix does not: "
            "dependent on earlier columns"
        )
    for name, contrast in built.encoding.contrasts.items():
        if contrast.name == "matrix":
            remarks.append(f"contrasts(data${name}) is a matrix of your own")
        else:
            before.append(f"contrasts(data${name}) <- {spell_text(f'contr.{contrast.name}')}")
    lines = (*libraries("brms", built), *before, *called("brm", arguments))
    return RCall(lines, tuple(remarks))


def _left(built: Model) -> tuple[list[str], str]:
    """Return lines that come before the call, and the left side of the formula."""
    node, said = built.formula.main.left, list[str]()
    for one in built.terms.response.additions:
        if one.name == "weights" and "weights" in built.spec.response.known:
            continue
        # Ours says what kind of weights they are; brms knows but one.
        weights = one.name == "weights"
        said.append(f"weights({argument(one)})" if weights else spelled(in_r(one.call)))
    before: list[str] = []
    text = spelled(in_r(node))
    both = successes(node) if "trials" in built.family.arrays else None
    if built.family.columns:
        before = [f"data$y <- with(data, {text})"]
        text = "y"
        if "trials" in built.family.arrays and addition(built, "trials") is None:
            before.append("data$size <- rowSums(data$y)")
            said.append("trials(size)")
    elif both is not None and addition(built, "trials") is None:
        text, trials = (spelled(in_r(one)) for one in both)
        said.append(f"trials({trials})")
    return before, f"{text} | {' + '.join(said)}" if said else text


def _family(built: Model) -> str:
    family = built.family
    name = COUNTERPARTS.get(family.name, Counterpart()).brms or family.name
    main = family.link(family.main).name
    links: list[str] = []
    default = main == "identity" and name in ("gaussian", "student", "lognormal")
    if not default and not family.by_level and not family.columns:
        links.append(f"link = {spell_text(main)}")
    for predictor in built.spec.predictors:
        parameter, link = predictor.parameter, predictor.link.name
        if parameter != family.main and link != LINKS_OF_BRMS.get(parameter, "log"):
            links.append(f"link_{brms_parameter(family.name, parameter)} = {spell_text(link)}")
    return f"{name}({', '.join(links)})"
