"""Spec -> the text of a NumPyro program that a stranger can read and run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.dispersion import PARAMETER
from formix.observation import source as source_of_rows
from formix.prior import ForeignPrior, Prior
from formix.program.layout import laid_out
from formix.program.predictors import level_lines, predictor_lines
from formix.spelling import (
    OURS,
    SPECIAL,
    Identifiers,
    comment_text,
    number_text,
    string_text,
    vector_text,
)

if TYPE_CHECKING:
    from formix.prior import PriorEntry
    from formix.spec import Spec, Statement

MOST_NUMBERS = 8
"""A prior's parameter that takes more numbers than this is an argument of the program."""

_CALL = """\


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
"""


@dataclass(frozen=True, eq=False)
class Source:
    """The text of a program and what it needs to run.

    Parameters
    ----------
    text
        Imports, `model`, and a commented call.
    data
        The arguments of `model`, the response last.
    namespace
        Names that the text takes for given: priors outside the table, as NumPyro distributions.
    """

    text: str
    data: Mapping[str, np.ndarray]
    namespace: Mapping[str, object]


def write(spec: Spec) -> Source:
    """Return the NumPyro program of a spec.

    The text holds numbers and string literals; data, and vectors too long to read, are arguments.
    """
    return _Writer(spec).source()


class _Writer:
    """Collects the lines of one program, and the arrays and names they refer to."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.data = {datum.identifier: datum.values for datum in spec.data}
        self.namespace: dict[str, object] = {}
        self.given: dict[str, str] = {}
        targets = [line.target for line in (*spec.statements, *spec.likelihood) if line.target]
        self.identifiers = Identifiers([*self.data, *targets, spec.response_identifier])

    def source(self) -> Source:
        """Return the whole text."""
        body: list[str] = []
        for statement in self.spec.statements:
            for early in self.spec.likelihood:
                if early.site in statement.uses:
                    body += self._lines(early)
            body += self._lines(statement)
        body += self._likelihood()
        arguments = [*self.data, f"{self.spec.response_identifier}=None"]
        definition = laid_out(f"def model({', '.join(arguments)}):", 0)
        head = _imports("\n".join(body), self.spec.family.imports)
        given = [f"# {name} is given: {comment_text(text)}" for name, text in self.given.items()]
        text = "\n".join([*head, "", "numpyro.enable_x64()", *given, "", "", *definition, *body])
        response = self.spec.response.values
        if self.spec.family.codes:
            response = response.astype(np.int32)
        data = {**self.data, self.spec.response_identifier: response}
        return Source(text + "\n" + _CALL, data, self.namespace)

    def _lines(self, statement: Statement) -> list[str]:
        lines = [f"    # {comment_text(line)}" for line in statement.comment.splitlines()]
        if statement.verb == "assign":
            return lines + laid_out(f"{statement.target} = {statement.value}", 4)
        if statement.verb == "prior":
            return lines + self._priors(statement)
        if statement.verb == "ordered":
            return lines + self._ordered(statement)
        return lines + _site(statement.verb, statement.target, statement.site, statement.value)

    def _priors(self, statement: Statement) -> list[str]:
        """Return the lines that draw an array from the priors of its elements."""
        entries = [self.spec.priors[key] for key in statement.keys]
        first = entries[0]
        target, site, shape = statement.target, statement.site, statement.shape
        alike = all(
            _row(entry) == _row(first) and entry.squared == first.squared for entry in entries
        )
        if len(entries) > 1 and (not alike or isinstance(first.prior, ForeignPrior)):
            return self._one_by_one(statement, entries)
        distribution = self._distribution(entries, shape, self._support(first.key))
        if not first.squared:
            return _site("sample", target, site, distribution)
        square = self.identifiers.make(f"{target}_squared")
        return [
            *_site("sample", square, f"{site}^2", distribution),
            *_site("deterministic", target, site, f"jnp.sqrt({square})"),
        ]

    def _ordered(self, statement: Statement) -> list[str]:
        """Return the lines that draw a vector in order, all of it from one prior."""
        entry = self.spec.priors[statement.keys[0]]
        size = statement.shape[0]
        value = f"ordered({self._distribution([entry], (), 'real')}, {size})"
        if isinstance(entry.prior, Prior) and not entry.prior.is_proper:
            value = f"dist.ImproperUniform(dist.constraints.ordered_vector, (), ({size},))"
        return _site("sample", statement.target, statement.site, value)

    def _one_by_one(self, statement: Statement, entries: list[PriorEntry]) -> list[str]:
        lines: list[str] = []
        names: list[str] = []
        for entry in entries:
            name = self.identifiers.make(entry.key)
            names.append(name)
            distribution = self._distribution([entry], (), self._support(entry.key))
            if entry.squared:
                square = self.identifiers.make(f"{name}_squared")
                lines += _site("sample", square, f"{entry.key}^2", distribution)
                lines += laid_out(f"{name} = jnp.sqrt({square})", 4)
            else:
                lines += _site("sample", name, entry.key, distribution)
        stacked = f"jnp.stack([{', '.join(names)}])"
        if len(statement.shape) > 1:
            stacked = f"jnp.reshape({stacked}, {statement.shape})"
        return lines + _site("deterministic", statement.target, statement.site, stacked)

    def _support(self, key: str) -> str:
        for parameter in self.spec.parameters:
            if key in parameter.keys:
                return parameter.support
        return "real"

    def _distribution(self, entries: list[PriorEntry], shape: tuple[int, ...], support: str) -> str:
        """Return the NumPyro distribution of an array whose elements have these priors."""
        first = entries[0].prior
        expand = f".expand({list(shape)})" if shape else ""
        if isinstance(first, ForeignPrior):
            name = self.identifiers.make(f"prior_{entries[0].key}")
            self.namespace[name] = first.distribution
            self.given[name] = f"the prior of {entries[0].key}, {first}"
            return name + expand
        if first.name == "LKJ":
            spelled = number_text(first.named["concentration"])
            whole = first.kind.numpyro.format(size=shape[-1], concentration=spelled)
            return whole + (f".expand([{shape[0]}])" if len(shape) > 2 else "")
        if not first.is_proper:
            return f"dist.ImproperUniform(dist.constraints.{support}, (), {shape})"
        columns = np.array([e.prior.arguments for e in entries if isinstance(e.prior, Prior)]).T
        same = all(np.all(column == column[0]) for column in columns)
        spelled = {
            name: self._numbers(f"{entries[0].key.split('[')[0]}_{name}", column, shape)
            for name, column in zip(first.kind.parameters, columns, strict=True)
        }
        if first.kind.is_truncated:
            spelled |= {b: "None" for b in ("low", "high") if np.isinf(first.named[b])}
        alike = same or len(shape) > 1
        return first.kind.numpyro.format(**spelled) + (expand if alike else "")

    def _numbers(self, name: str, values: np.ndarray, shape: tuple[int, ...]) -> str:
        if np.all(values == values[0]):
            return number_text(float(values[0]))
        # One line is enough where rows are alike: standard deviations of the levels of a factor.
        rows = values.reshape(shape) if len(shape) > 1 else values
        if len(shape) > 1 and np.all(rows == rows[0]):
            rows = rows[0]
        if rows.ndim == 1 and len(rows) <= MOST_NUMBERS:
            return vector_text(rows)
        identifier = self.identifiers.make(name)
        self.data[identifier] = rows
        return identifier

    def _likelihood(self) -> list[str]:
        lines = ["    # likelihood"]
        spelled = {s.site: s.target for s in self.spec.likelihood}
        spelled |= {name: number_text(value) for name, value in self.spec.fixed.items()}
        early = {site for statement in self.spec.statements for site in statement.uses}
        for statement in self.spec.likelihood:
            if statement.site not in early:
                lines += self._lines(statement)
        # Of thresholds and predictor together `disc` is a factor, so its own lines stand first.
        for predictor in sorted(self.spec.predictors, key=lambda p: p.thresholds > 0):
            more, name, spelling = predictor_lines(self.spec, predictor, spelled, self.identifiers)
            spelled[name] = spelling
            lines += more
        if self.spec.family.by_level:
            lines += level_lines(self.spec, spelled, self.identifiers)
        lines += self._with_rate(spelled)
        distribution = self.spec.family.distribution.format(**self._with_known(spelled))
        of = self.spec.known_identifiers
        distribution = source_of_rows(distribution, self.spec.response, of)
        name = self.spec.response_identifier
        site = string_text(self.spec.response.name)
        return lines + laid_out(f"numpyro.sample({site}, {distribution}, obs={name})", 4)

    def _with_rate(self, spelled: dict[str, str]) -> list[str]:
        """Return the lines that make of the parameters of one unit those of a row of many."""
        lines: list[str] = []
        rate = self.spec.known_identifiers.get("rate")
        for name in self.spec.family.rates if rate else ():
            target = self.identifiers.make(f"total_{name}")
            lines += laid_out(f"{target} = {rate} * {spelled[name]}", 4)
            spelled[name] = target
        return lines

    def _with_known(self, spelled: dict[str, str]) -> dict[str, str]:
        """Return what stands for each parameter, at rows of which more is known as at others."""
        family, of = self.spec.family, dict(self.spec.known_identifiers)
        spelled = spelled | {name: of[name] for name in family.arrays}
        given = family.given(self.spec.response.known)
        if given is None:
            return spelled
        if given.estimated:
            of[PARAMETER] = spelled[family.dispersion]
        return {**spelled, family.dispersion: given.source.format(**of)}


def _row(entry: PriorEntry) -> str:
    """Return what priors must share to be drawn together."""
    if isinstance(entry.prior, ForeignPrior):
        return "ForeignPrior"
    if entry.prior.kind.is_truncated:
        # A bound that is absent is spelled None, so only equal bounds can share a line.
        return f"{entry.prior.name} {entry.prior.bounds}"
    return entry.prior.name


def _site(verb: str, target: str, site: str, value: str) -> list[str]:
    call = f"numpyro.{verb}({string_text(site)}, {value})"
    return laid_out(f"{target} = {call}" if target else call, 4)


def _imports(body: str, own: tuple[str, ...]) -> list[str]:
    lines = ["import jax"] if "jax.vmap(" in body else []
    lines += ["import jax.numpy as jnp"] if "jnp." in body else []
    lines += ["import numpyro", "import numpyro.distributions as dist"]
    ours = [name for name in OURS if _calls(name, body)]
    if ours:
        lines.append(f"from formix.distributions import {', '.join(ours)}")
    if re.search(r"\bblock_diag[()]", body):
        lines.append("from jax.scipy.linalg import block_diag")
    special = [name for name in SPECIAL if _calls(name, body)]
    if special:
        lines.append(f"from jax.scipy.special import {', '.join(special)}")
    return [*lines, *own]


def _calls(name: str, body: str) -> bool:
    """Return whether a program calls a function by its own name, not as one of a module."""
    return re.search(rf"(?<![.\w]){name}\(", body) is not None
