"""The noun of what lme4 estimates of a model: of a stored result, or of our own maximum."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from formix.errors import DataError

if TYPE_CHECKING:
    from formix.maximum import Estimates
    from formix.spec import Block, Spec

Method = Literal["REML", "ML"]

Key = tuple[frozenset[str], frozenset[str]]
"""A standard deviation by the factors of its group and R's name of its effect; a correlation by
those of both."""

INTERCEPT = "(Intercept)"


@dataclass(frozen=True, eq=False)
class Lme4:
    """Estimates under R's names.

    Parameters
    ----------
    by
        What made them, in words.
    fixed
        The estimate and the standard error of each common (fixed) effect.
    components
        Standard deviations and correlations.
    sigma
        The residual standard deviation; NaN where there is none.
    groups
        The groups as they are spelled there, by their factors.
    """

    by: str
    fixed: Mapping[str, tuple[float, float]]
    components: Mapping[Key, float]
    sigma: float
    groups: Mapping[frozenset[str], str] = field(default_factory=dict[frozenset[str], str])


def key_of(group: str | Sequence[str], *effects: str) -> Key:
    """Return the key of a component, whatever the order of factors and effects.

    Examples
    --------
    >>> key_of("cask:batch", "(Intercept)") == key_of(["batch", "cask"], "(Intercept)")
    True
    """
    parts = group.split(":") if isinstance(group, str) else group
    return frozenset(part.strip("`") for part in parts), frozenset(
        effect.replace("`", "") for effect in effects
    )


def of_estimates(found: Estimates, spec: Spec) -> Lme4:
    """Return our own REML or ML estimates under R's names."""
    columns = {column.label: column.r for column in spec.predictors[0].columns}
    fixed = {
        columns.get(str(label), str(label)): (float(row["estimate"]), float(row["se"]))
        for label, row in found.fixed.iterrows()
    }
    values = found.varcorr["estimate"]
    components: dict[Key, float] = {}
    for blocks in spec.groups:
        for name, key in component_names(blocks):
            address = (blocks[0].group, name)
            if address in values.index:
                components[key] = float(cast("Any", values)[address])
    return Lme4(f"{found.method} by formix", fixed, components, found.sigma)


def component_names(blocks: Sequence[Block]) -> Iterator[tuple[str, Key]]:
    """Yield the components of a group as a table names them, with R's names."""
    factors = blocks[0].factors
    effects = [
        (label, effect.column.r)
        for block in blocks
        for label, effect in zip(block.labels, block.effects, strict=True)
    ]
    for j, (label, r) in enumerate(effects):
        yield f"sd({label})", key_of(factors, r)
        for other, of_other in effects[j + 1 :]:
            yield f"cor({label}, {other})", key_of(factors, r, of_other)


def of_stored(stored: Mapping[str, Any] | str | PathLike[str], method: Method | None) -> Lme4:
    """Return a stored result, or the file of one.

    Parameters
    ----------
    stored
        A mapping with `reml`, `ml` or both, each of `fixed` (`names`, `estimate`, `se`), of
        `varcomp` (or `groups`), a list of `group`, `names`, `sd` and `corr`, and of `sigma`.
    method
        Which of the two; by default REML where it is there.

    Raises
    ------
    DataError
        If it cannot be opened or read, or is not of that shape.
    """
    if isinstance(stored, Mapping):
        return _read(stored, method, "")
    try:
        content = json.loads(Path(stored).read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot open `{stored}`: {error.strerror}") from error
    except ValueError as error:
        raise DataError(f"`{stored}` is not JSON, or is not whole") from error
    return _read(content, method, str(stored))


def _read(content: Any, method: Method | None, name: str) -> Lme4:
    try:
        chosen = method or ("REML" if "reml" in content else "ML")
        made = content[chosen.lower()]
        version = content.get("lme4_version", content.get("made_with", ""))
        fixed = made["fixed"]
        parts = made.get("varcomp", made.get("groups", []))
        each = zip(fixed["names"], fixed["estimate"], fixed["se"], strict=True)
        return Lme4(
            f"{chosen} by {_maker(version)}",
            {str(one): (float(estimate), float(se)) for one, estimate, se in each},
            dict(_components(parts)),
            _number(made.get("sigma")),
            {key_of(group)[0]: group for group in map(_group, parts, [parts] * len(parts))},
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        said = f"`{name}`" if name else "the reference"
        wanted = f" of {method}" if method else ""
        raise DataError(
            f"{said} is not a stored result{wanted} of lme4: {error!r} stopped the reading",
            hint='it holds "reml" or "ml", each with "fixed", "varcomp" and "sigma"',
        ) from error


def _maker(version: str) -> str:
    """Return who made it in words: `lme4 1.1-31`, or a neighbour that is named."""
    found = re.search(r"(?:\b([A-Za-z]\w*) )?(\d+\.\d+)[.-](\d+)$", version)
    return f"{found[1] or 'lme4'} {found[2]}-{found[3]}" if found else "lme4"


def _components(parts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Key, float]]:
    for part in parts:
        group = _group(part, parts)
        names = part.get("names", part.get("effects"))
        correlations = part.get("corr", part.get("cor"))
        for i, name in enumerate(names):
            yield key_of(group, name), _number(part["sd"][i])
            for j in range(i):
                yield key_of(group, names[j], name), _number(correlations[i][j])


def _group(part: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> str:
    """Return the group of a term: lme4 calls a second term on one factor `Subject.1`."""
    group = str(part["group"])
    again = re.fullmatch(r"(.*)\.\d+", group)
    return again[1] if again and again[1] in {one["group"] for one in parts} else group


def _number(value: object) -> float:
    return float(cast("float", value)) if value is not None else np.nan
