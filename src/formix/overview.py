"""The text of a model: what will be fitted, to which data, under which priors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING

from formix.spec import MAIN
from formix.spelling import label_text, one_line

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from formix.design.matrices import Design
    from formix.families import Family
    from formix.prior import PriorTable
    from formix.spec import Block, Label, PredictorMatrix, Response

_SHOWN = 6
"""Labels that are listed before the rest are counted."""


def overview(
    formula: str,
    family: Family,
    design: Design,
    priors: PriorTable | str,
    notes: tuple[str, ...],
    fixed: Mapping[str, float],
) -> str:
    """Return a model as text: formula, family, data, terms, groups, priors, notes.

    Parameters
    ----------
    priors
        The table, or why there is none.
    fixed
        The parameters that are held at a value.
    """
    rows = facts(formula, family, design, fixed)
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {text}" for name, text in rows]
    if isinstance(priors, str):
        lines += ["", "priors", f"  {priors}"]
    else:
        lines += ["", f"priors ({priors.title})"]
        lines += [f"  {line}" for line in str(priors).splitlines()]
    if notes:
        lines += ["", "notes", *(f"  - {note}" for note in notes)]
    return "\n".join(lines)


def facts(
    formula: str, family: Family, design: Design, fixed: Mapping[str, float]
) -> list[tuple[str, str]]:
    """Return what a model is, as names and what they stand for: formula, family, data, terms."""
    rows = [("formula", "; ".join(formula.splitlines())), ("family", _family(family, design))]
    rows += [("fixed", f"{name} = {value:g}") for name, value in fixed.items()]
    rows += [("known", text) for text in _known(family, design.response)]
    rows += _levels(family, design.response)
    rows.append(("data", _data(design)))
    for matrix in design.predictors:
        name = "common" if len(design.predictors) == 1 else f"{matrix.name} common"
        rows.append((name, _common(matrix, thresholds=matrix.name == MAIN and family.thresholds)))
    rows += [(_whose(block), _block(block)) for block in design.blocks]
    return rows


def _family(family: Family, design: Design) -> str:
    links = ", ".join(f"{m.name} {family.link(m.name).name}" for m in design.predictors)
    return f"{family.name} ({links})"


def _levels(family: Family, response: Response) -> Iterator[tuple[str, str]]:
    """Yield what the family makes of the levels of the response."""
    levels = family.coded(response).levels
    if family.by_level:
        yield "levels", f"{_list(tuple(map(str, levels)))}; each is compared with the first"
    elif family.thresholds:
        said = f"{_list(tuple(map(str, levels)))}, in this order"
        yield "levels", f"{said}; {_count(len(levels) - 1, 'threshold')}"


def _known(family: Family, response: Response) -> Iterator[str]:
    """Yield what is known of each row beside the response."""
    given = family.given(response.known)
    if given is not None:
        size = _range(response.known[given.arrays[0]])
        yield given.words.format(range=size, dispersion=family.dispersion)
    for name, values in response.known.items():
        if name in family.arrays:
            yield f"{name.replace('_', ' ')} {_range(values)}"
    yield from _observed(family, response)


def _observed(family: Family, response: Response) -> Iterator[str]:
    """Yield how the rows of the response were observed."""
    known, levels = response.known, response.levels
    if "cens" in known:
        status = known["cens"]
        kinds = {"left": -1.0, "right": 1.0, "interval": 2.0}
        counts = {kind: int((status == code).sum()) for kind, code in kinds.items()}
        listed = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
        yield f"censored: {listed or 'none'}, of {_count(len(status), 'row')}"
    ends = {"below": "trunc_lower", "above": "trunc_upper"}
    bounds = [
        f"{at} bounds {_range(known[end], levels)}" for at, end in ends.items() if end in known
    ]
    if bounds:
        yield f"truncated {' and '.join(bounds)}"
    if "rate" in known:
        yield f"rate {_range(known['rate'])}, times {' and '.join(family.rates)} of one unit"
    if "likelihood_weights" in known:
        yield f"likelihood weights {_range(known['likelihood_weights'])}"


def _range(values: Float[np.ndarray, " obs"], levels: tuple[Label, ...] = ()) -> str:
    least, most = float(values.min()), float(values.max())
    if levels and isfinite(least) and isfinite(most):
        first, last = (label_text(levels[int(place)]) for place in (least, most))
        return f"of {first}" if first == last else f"from {first} to {last}"
    return f"of {least:.4g}" if least == most else f"from {least:.4g} to {most:.4g}"


def _data(design: Design) -> str:
    parts = [_count(len(design.rows), "row")]
    groups = {block.group: len(block.levels) for block in design.blocks}
    parts += [f"{label_text(group)}: {_count(levels, 'level')}" for group, levels in groups.items()]
    return "; ".join(parts)


def _common(matrix: PredictorMatrix, *, thresholds: str | bool) -> str:
    labels = matrix.labels[1:] if thresholds and matrix.has_intercept else matrix.labels
    text = _list(labels) if labels else "none"
    return text + ("; offset" if matrix.offset is not None else "")


def _whose(block: Block) -> str:
    """Return what a block's row is called: with the parameter, where it is not in the main one."""
    names = list(dict.fromkeys(effect.predictor for effect in block.effects))
    return "group" if names == [MAIN] else f"{', '.join(names)} group"


def _block(block: Block) -> str:
    text = f"{one_line(block.text)}: {_list(block.labels)}"
    if len(block.effects) == 1:
        return text
    if block.structure.rho is not None:
        return f"{text}, {block.structure.rho.words}"
    return text + (", correlated" if block.structure.matrix else ", uncorrelated")


def _list(labels: tuple[str, ...]) -> str:
    shown = ", ".join(label_text(label) for label in labels[:_SHOWN])
    rest = len(labels) - _SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
