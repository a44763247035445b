"""Spec -> the short program that this engine runs, in its primitives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.coefficients import is_gaussian
from formix.engines.marginal.structure import coefficient_priors
from formix.groups import rho_sites
from formix.prior import MEANS
from formix.program.layout import laid_out
from formix.program.write import MOST_NUMBERS, Source
from formix.spelling import Identifiers, comment_text, number_text, string_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formix.prior import PriorEntry
    from formix.spec import Block, Spec

_PRIMITIVES = (
    "Prior",
    "block",
    "common",
    "group",
    "integrate",
    "on_variance",
    "priors",
    "structured",
)

_CALL = """\


# from formix.engines.marginal.sampling import sample
# drawn = sample(model(**data), draws=1000, chains=4, seed=1)
"""


def write(spec: Spec) -> Source:
    """Return the program of a spec that the engine takes, and the arrays that it runs with."""
    return _Writer(spec).source()


class _Writer:
    """Collects the lines of one program, and the arrays they refer to."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.identifiers = Identifiers([*_PRIMITIVES, "beta", "sample", "drawn"])
        self.response = self.identifiers.make(spec.response.name)
        self.data: dict[str, np.ndarray] = {}

    def source(self) -> Source:
        """Return the whole text."""
        body: list[str] = []
        arguments: list[str] = []
        if self.spec.predictors[0].columns:
            body += self._common()
            arguments.append("beta")
        groups: list[str] = []
        for blocks in self.spec.groups:
            name, lines = self._group(blocks)
            body += lines
            groups.append(name)
        if groups:
            listed = f"[{', '.join(groups)}]"
            arguments.append(listed if arguments else f"groups={listed}")
        body += self._integrated(arguments)
        code = "\n".join(line for line in body if not line.lstrip().startswith("#"))
        used = [name for name in _PRIMITIVES if f"{name}(" in code]
        imports = f"from formix.engines.marginal.primitives import {', '.join(used)}"
        self.data[self.response] = self.spec.response.values
        definition = laid_out(f"def model({', '.join(self.data)}):", 0)
        text = "\n".join([*_imported(imports), "", "", *definition, *body])
        return Source(text + "\n" + _CALL, self.data, {})

    def _given(self, name: str, values: np.ndarray) -> str:
        """Return the argument that an array becomes."""
        identifier = self.identifiers.make(name)
        self.data[identifier] = values
        return identifier

    def _common(self) -> list[str]:
        predictor = self.spec.predictors[0]
        entries = coefficient_priors(self.spec)
        at_means = len(entries) > 1 and entries[0].key.endswith(f"{MEANS}]")
        X = self._given("X", predictor.X)
        first, rest = (entries[:1], entries[1:]) if at_means else ((), entries)
        priors = [*map(_prior, first), *self._priors("beta", rest)]
        if at_means:
            # Of some of the rows: the prior is where it was for all of them.
            known = predictor.means
            priors.append(f"at_means={'True' if known is None else self._given('X_means', known)}")
        call = f"common({', '.join([X, *priors])})"
        lines = _comment(f"common effects: {predictor.text}")
        if at_means:
            lines += _comment("with the intercept's prior at the means of the others")
        return [*lines, *laid_out(f"beta = {call}", 4)]

    def _priors(self, name: str, entries: Sequence[PriorEntry]) -> list[str]:
        """Return the priors one by one, or, where they are many of one kind, by vectors."""
        kinds = {entry.of_table.name for entry in entries}
        spelled = [_prior(entry) for entry in entries]
        if len(entries) <= MOST_NUMBERS or len(kinds) > 1:
            return spelled
        if len(set(spelled)) == 1:
            return [f"*[{spelled[0]}] * {len(entries)}"]
        first = entries[0].of_table
        columns = np.array([entry.of_table.arguments for entry in entries]).T
        arguments = [
            _number(float(column[0]))
            if np.all(column == column[0])
            else self._given(f"{name}_{parameter}", column)
            for parameter, column in zip(first.kind.parameters, columns, strict=True)
        ]
        return [f"*priors({', '.join([string_text(first.name), *arguments])})"]

    def _group(self, blocks: tuple[Block, ...]) -> tuple[str, list[str]]:
        """Return the identifier of a group, and the lines that make it."""
        group = blocks[0].group
        index = self._given(group, blocks[0].index)
        parts: list[str] = []
        words: list[str] = []
        keys = next(p.keys for p in self.spec.parameters if p.site == f"sd_{group}")
        for block, rho in zip(blocks, rho_sites(blocks), strict=True):
            count = len(block.effects)
            own, keys = dict.fromkeys(keys[:count]), keys[count:]
            priors = [_prior(self.spec.priors[key]) for key in own]
            if block.structure.matrix:
                words.append("correlated")
                priors.append(f"cor={_prior(self.spec.priors[f'cor_{group}'])}")
            if block.structure.rho is None:
                parts.append(f"block({', '.join(priors)})")
                continue
            words.append(block.structure.rho.words)
            priors.insert(0, string_text(block.covariance))
            priors += [f"rho={_prior(self.spec.priors[rho])}", f"effects={count}"]
            parts.append(f"structured({', '.join(priors)})")
        call = [string_text(group), index, str(len(blocks[0].levels)), *parts]
        if any(effect.column.term != "1" for block in blocks for effect in block.effects):
            Z = [block.Z for block in blocks]
            call.append(f"Z={self._given(f'Z_{group}', Z[0] if len(Z) == 1 else np.hstack(Z))}")
        name = self.identifiers.make(f"r_{group}")
        comment = f"group-level effects: {' + '.join(block.text for block in blocks)}"
        lines = _comment(", ".join([comment, *dict.fromkeys(words)]))
        return name, lines + laid_out(f"{name} = group({', '.join(call)})", 4)

    def _integrated(self, effects: list[str]) -> list[str]:
        spec, arguments = self.spec, list(effects)
        offset = spec.predictors[0].offset
        less = "" if offset is None else f" - {self._given('offset', offset)}"
        sampled = any(parameter.site == "sigma" for parameter in spec.parameters)
        if sampled:
            arguments.append(f"sigma={_prior(spec.priors['sigma'])}")
        elif spec.fixed.get("sigma"):
            arguments.append(f"sigma={number_text(spec.fixed['sigma'])}")
        known = [name for name in ("se", "weights") if name in spec.response.known]
        arguments += [f"{name}={self._given(name, spec.response.known[name])}" for name in known]
        left = [entry.key for entry in coefficient_priors(spec) if not is_gaussian(entry)]
        left += [
            p.site
            for p in spec.parameters
            if p.site.startswith(("sd_", "rho_", "cor_", "sigma")) and p.keys
        ]
        comment = "effects are integrated out" + (f"; sampled: {', '.join(left)}" if left else "")
        call = f"integrate({', '.join([self.response + less, *arguments])})"
        return [*_comment(comment), *laid_out(f"return {call}", 4)]


def _prior(entry: PriorEntry) -> str:
    prior = entry.of_table
    arguments = [string_text(prior.name), *map(_number, prior.arguments)]
    spelled = f"Prior({', '.join(arguments)})"
    return f"on_variance({spelled})" if entry.squared else spelled


def _number(value: float) -> str:
    return number_text(value) if np.isfinite(value) else f'float("{value}")'


def _comment(text: str) -> list[str]:
    return [f"    # {comment_text(text)}"]


def _imported(line: str) -> list[str]:
    """Return an import, broken as a formatter would where it is long."""
    if len(line) <= 88:
        return [line]
    module, _, names = line.partition(" import ")
    return [f"{module} import (", *(f"    {name}," for name in names.split(", ")), ")"]
