"""The closed registry of functions that a formula may call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design import arithmetic, categories, splines, transforms
from formix.design.arguments import Fault
from formix.syntax.mistakes import mistake

if TYPE_CHECKING:
    from formix.design.values import Argument
    from formix.errors import FormixError, Span

CONSTANTS: dict[str, float] = {"pi": float(np.pi), "Inf": float("inf")}
"""Names that stand for a number where the data has no such column."""


@dataclass(frozen=True, eq=False)
class Function:
    """A function of the registry, or of the user (then it is not `mine`).

    `learns` says that it takes its memory first; `names` that it takes the names of its arguments
    first, those given by keyword or written as a bare name; `bare` are the arguments, by place or
    name, whose names are not columns.
    """

    name: str
    apply: Callable[..., Any]
    learns: bool = False
    names: bool = False
    bare: frozenset[int | str] = frozenset()
    mine: bool = True

    def run(self, positional: list[Any], named: Mapping[str, Any], *first: Any) -> Any:
        """Return its value; R's dotted argument names are written with underscores in Python."""
        keywords = {name.replace(".", "_"): value for name, value in named.items()}
        if self.mine:
            try:
                _signature(self.apply).bind(*first, *positional, **keywords)
            except TypeError:
                raise Fault(
                    f"`{self.name}` does not take these arguments", hint=f"it is {self.usage}"
                ) from None
        # log(-1) is refused with its rows once the column is whole.
        with np.errstate(all="ignore"):
            return self.apply(*first, *positional, **keywords)

    @property
    def usage(self) -> str:
        """How it is called: `scale(x, center, scale)`."""
        parameters = list(_signature(self.apply).parameters.values())
        shown = parameters[self.learns + self.names :]
        written = ["..." if p.kind is p.VAR_POSITIONAL else p.name.replace("_", ".") for p in shown]
        return f"{self.name}({', '.join(written)})"


_signature = cache(inspect.signature)


def identity(x: Argument) -> Argument:
    """R's `I`: its argument, in which operators mean arithmetic."""
    return x


def combined(*values: Argument) -> list[Any]:
    """R's `c`, of literals."""
    items: list[Any] = []
    for value in values:
        if isinstance(value, list):
            items += value
        elif isinstance(value, (str, float, int, bool)):
            items.append(value)
        else:
            raise Fault("`c` takes values, not columns", hint="cbind puts columns side by side")
    return items


def unary(operator: str) -> str:
    """Return the name under which an operator of one operand is found."""
    return f"{operator}1"


_PLAIN: dict[str, Callable[..., Any]] = {
    **arithmetic.OPERATORS,
    **{unary(operator): run for operator, run in arithmetic.UNARY.items()},
    **arithmetic.ELEMENTWISE,
    "I": identity,
    "c": combined,
    "log": arithmetic.logarithm,
    "logb": arithmetic.logarithm,
    "round": arithmetic.rounded,
    "signif": arithmetic.significant,
    "ifelse": arithmetic.choice,
    "pmin": arithmetic.extreme("pmin", np.minimum),
    "pmax": arithmetic.extreme("pmax", np.maximum),
    "as.numeric": categories.as_numeric,
    "as.double": categories.as_numeric,
    "as.integer": categories.as_integer,
    "as.logical": categories.as_logical,
}

_LEARNING: dict[str, Callable[..., Any]] = {
    **transforms.REDUCTIONS,
    "scale": transforms.scale,
    "center": transforms.center,
    "standardize": transforms.standardize,
    "poly": transforms.poly,
    "quantile": transforms.quantile,
    "bs": splines.bs,
    "ns": splines.ns,
    "factor": categories.factor,
    "as.factor": categories.factor,
    "ordered": categories.ordered,
    "as.ordered": categories.ordered,
    "C": categories.contrasted,
    "relevel": categories.relevel,
    "dummy": categories.dummy,
    "interaction": categories.interaction,
    "as.character": categories.as_character,
    "cut": categories.cut,
}

_NUMPY = {
    "log": "log", "log2": "log2", "log10": "log10", "log1p": "log1p", "exp": "exp",
    "expm1": "expm1", "sqrt": "sqrt", "abs": "abs", "absolute": "abs", "sign": "sign",
    "floor": "floor", "ceil": "ceiling", "trunc": "trunc", "round": "round", "sin": "sin",
    "cos": "cos", "tan": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "where": "ifelse", "minimum": "pmin", "maximum": "pmax", "power": "^",
    "mean": "mean", "median": "median",
}  # fmt: skip


def _registry() -> dict[str, Function]:
    table = {name: Function(name, run) for name, run in _PLAIN.items()}
    table |= {name: Function(name, run, learns=True) for name, run in _LEARNING.items()}
    table["cbind"] = Function("cbind", transforms.bind, names=True)
    table["C"] = Function("C", categories.contrasted, learns=True, bare=frozenset({1, "contr"}))
    for module in ("np", "numpy"):
        for theirs, ours in _NUMPY.items():
            name = f"{module}.{theirs}"
            table[name] = Function(name, table[ours].apply, table[ours].learns)
    return table


REGISTRY: Mapping[str, Function] = _registry()


def find(name: str, functions: Mapping[str, Callable[..., Any]]) -> Function | None:
    """Return a function by name, the user's own first; None if there is none."""
    if name in functions:
        return Function(name, functions[name], mine=False)
    return REGISTRY.get(name)


def unknown_function(
    name: str, span: Span, text: str, functions: Mapping[str, Callable[..., Any]]
) -> FormixError:
    """Return the refusal of a function outside the registry."""
    words = sorted({known for known in [*REGISTRY, *functions] if known[:1].isalpha()})
    near = get_close_matches(name, words, n=1, cutoff=0.6)
    short = [word for word in words if not word.startswith(("np.", "numpy."))]
    hint = f"did you mean `{near[0]}`? " if near else ""
    listed = fill(f"{hint}There are: {', '.join(short)}", 92, break_on_hyphens=False)
    advice = f'{listed}\na function of your own is passed as functions={{"{name}": ...}}'
    return mistake("unknown-function", text, span, name=name, known=advice)
