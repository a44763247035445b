"""One expression of a formula, evaluated on data (the formulae door).

The expression is written again in formulae's language as a single nested call whose functions,
columns and literals are names of ours (`f0(v1, k2)`), so that formulae never meets an operator, a
string or a number it would read in its own way; formulae then evaluates it, keeping one object for
each call that learns from the data, as its protocol of stateful transforms says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import lazy_loader

from formix.design.arguments import Bare, Fault
from formix.design.functions import CONSTANTS, Function, find, unary, unknown_function
from formix.errors import FormixError, FormulaError, Span
from formix.syntax.tree import (
    Binary,
    Call,
    Name,
    Node,
    Number,
    Parenthesis,
    Text,
    Truth,
    Unary,
)

if TYPE_CHECKING:
    from formix.design.values import Argument

# formulae is slow to import and most formulas hold no call: it loads when first used.
formulae = lazy_loader.load("formulae")


@dataclass(frozen=True, eq=False)
class Scope:
    """Where an expression finds its names: columns, the user's functions, what calls have learnt.

    `memory` is filled where it is empty, by the position of each call that learns.
    """

    column: Callable[[Name], Argument]
    is_column: Callable[[str], bool]
    functions: Mapping[str, Callable[..., Any]]
    memory: dict[str, Any]
    text: str


def evaluate(node: Node, scope: Scope) -> Argument:
    """Return the value of an expression.

    Raises
    ------
    FormulaError
        If a function is not given what it needs; the caret stands under the call.
    """
    rewriting = _Rewriting(scope)
    text = rewriting.write(node)
    if "(" not in text:
        return {**rewriting.mask, **rewriting.namespace}[text]
    call = formulae.model_description(f"0 + {text}").common_terms[0].components[0].call
    environment = formulae.environment.Environment([rewriting.namespace])
    return call.eval(rewriting.mask, environment)


@dataclass(eq=False)
class _Rewriting:
    scope: Scope
    namespace: dict[str, Any] = field(default_factory=lambda: dict[str, Any]())
    mask: dict[str, Any] = field(default_factory=lambda: dict[str, Any]())
    calls: int = 0

    def write(self, node: Node) -> str:
        """Return the text of an expression, its names entered into the namespace and the mask."""
        if isinstance(node, Parenthesis):
            return self.write(node.inner)
        if isinstance(node, Name):
            if not self.scope.is_column(node.name) and node.name in CONSTANTS:
                return self._literal(CONSTANTS[node.name])
            return self._enter(self.mask, "v", self.scope.column(node))
        if isinstance(node, (Number, Text, Truth)):
            return self._literal(node.value)
        if isinstance(node, Unary):
            return self._call(node, unary(node.operator), [("", node.operand)])
        if isinstance(node, Binary):
            return self._call(node, node.operator, [("", node.left), ("", node.right)])
        if isinstance(node, Call):
            return self._call(node, node.function, [(a.name, a.value) for a in node.arguments])
        raise FormulaError("this cannot stand inside a call", text=self.scope.text, span=node.span)

    def _literal(self, value: object) -> str:
        return self._enter(self.namespace, "k", value)

    def _enter(self, where: dict[str, Any], letter: str, value: object) -> str:
        name = f"{letter}{len(self.namespace) + len(self.mask)}"
        where[name] = value
        return name

    def _call(self, node: Node, name: str, arguments: Sequence[tuple[str, Node]]) -> str:
        scope = self.scope
        function = find(name, scope.functions)
        span = node.function_span if isinstance(node, Call) else node.span
        if function is None:
            raise unknown_function(name, span, scope.text, scope.functions)
        first: list[Any] = []
        if function.learns:
            first.append(scope.memory.setdefault(str(self.calls), {}))
            self.calls += 1
        keywords = tuple(keyword for keyword, _ in arguments)
        if function.names:
            spelled = (v.name if isinstance(v, Name) else "" for _, v in arguments)
            first.append(tuple(k or name for k, name in zip(keywords, spelled, strict=True)))
            keywords = ("",) * len(keywords)
        bound = _Bound(function, tuple(first), keywords, node.span, scope.text)
        written = [
            self._literal(Bare(value.name))
            if isinstance(value, Name) and (keyword or i) in function.bare
            else self.write(value)
            for i, (keyword, value) in enumerate(arguments)
        ]
        callee = _Learning(bound) if function.learns else bound
        return f"{self._enter(self.namespace, 'f', callee)}({', '.join(written)})"


@dataclass(frozen=True, eq=False)
class _Bound:
    """A function with what it takes first and the names of its arguments."""

    function: Function
    first: tuple[Any, ...]
    keywords: tuple[str, ...]
    span: Span
    text: str

    def __call__(self, *values: Any) -> Any:
        pairs = list(zip(self.keywords, values, strict=True))
        positional = [value for keyword, value in pairs if not keyword]
        named = {keyword: value for keyword, value in pairs if keyword}
        try:
            return self.function.run(positional, named, *self.first)
        except Fault as fault:
            raise FormulaError(
                fault.message, text=self.text, span=self.span, hint=fault.hint
            ) from None
        except FormixError as error:
            error.text, error.span = error.text or self.text, error.span or self.span
            raise
        except Exception as error:
            # A function of the user's may raise anything.
            raise FormulaError(
                f"`{self.function.name}` failed: {type(error).__name__}: {error}",
                text=self.text,
                span=self.span,
            ) from error


@dataclass(frozen=True, eq=False)
class _Learning:
    """formulae's protocol: called without arguments, it gives the object that learns once."""

    bound: _Bound
    __stateful_transform__ = True

    def __call__(self) -> _Bound:
        """Return what formulae calls with the arguments."""
        return self.bound
