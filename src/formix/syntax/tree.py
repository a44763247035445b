"""The nouns of a formula's text: what the parser makes and everything after it reads.

Every node carries the span of its characters. Spans take no part in equality, so that a formula
equals itself after printing and parsing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from formix.errors import Span

_NOWHERE = Span(0, 0)


def _span() -> Span:
    return field(default=_NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Name:
    """A column, written bare or in backticks; `name` is without them."""

    name: str
    span: Span = _span()


@dataclass(frozen=True)
class Number:
    """A number, with the characters that wrote it."""

    value: float
    text: str = field(compare=False)
    span: Span = _span()


@dataclass(frozen=True)
class Text:
    """A quoted string inside a call; `value` is without the quotes."""

    value: str
    span: Span = _span()


@dataclass(frozen=True)
class Truth:
    """TRUE, FALSE, True or False inside a call, or T or F as a whole argument but the first.

    `text` tells the long spelling from R's short one, which a column may bear as its name.
    """

    value: bool
    text: str = field(default="", compare=False, repr=False, kw_only=True)
    span: Span = _span()


@dataclass(frozen=True)
class Dot:
    """`.`: every other column of the data."""

    span: Span = _span()


@dataclass(frozen=True)
class Argument:
    """One argument of a call, by position (`name` is empty) or by name."""

    name: str
    value: Node
    span: Span = _span()


@dataclass(frozen=True)
class Call:
    """`function(arguments)`; a dotted name such as `np.log` is one function name."""

    function: str
    arguments: tuple[Argument, ...]
    function_span: Span = field(default=_NOWHERE, compare=False, repr=False, kw_only=True)
    span: Span = _span()


@dataclass(frozen=True)
class Unary:
    """`-a`, `+a`, `!a`."""

    operator: str
    operand: Node
    span: Span = _span()


@dataclass(frozen=True)
class Binary:
    """`left operator right`; `**` is kept as `^`."""

    operator: str
    left: Node
    right: Node
    operator_span: Span = field(default=_NOWHERE, compare=False, repr=False, kw_only=True)
    span: Span = _span()


@dataclass(frozen=True)
class Sum:
    """`a + b - c` in the algebra of terms: flat, because formulas may have hundreds of summands.

    `signs` holds the operators between the operands, one fewer than them. Inside calls sums are
    `Binary`, as all arithmetic is.
    """

    operands: tuple[Node, ...]
    signs: tuple[str, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Parenthesis:
    """`(inner)`."""

    inner: Node
    span: Span = _span()


@dataclass(frozen=True)
class Bar:
    """`(effects | group)`: group-level effects.

    `covariance` is the structure's name (`us` for one bar, `diag` for two, or as written around
    the parentheses); `id` names a block shared across formulas, `(1 | p | g)`, and is empty
    elsewhere. `written` tells `||` from `diag()`, which mean the same, for printing.
    """

    effects: Node
    group: Node
    covariance: str = "us"
    id: str = ""
    written: str = field(default="|", compare=False)
    span: Span = _span()


@dataclass(frozen=True)
class Subscript:
    """`y[level]` on the left: the level that counts as success."""

    value: Node
    level: str
    span: Span = _span()


Node = (
    Name | Number | Text | Truth | Dot | Call | Unary | Binary | Sum | Parenthesis | Bar | Subscript
)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly inside a node, from left to right."""
    match node:
        case Call():
            return tuple(argument.value for argument in node.arguments)
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Sum():
            return node.operands
        case Parenthesis():
            return (node.inner,)
        case Bar():
            return (node.effects, node.group)
        case Subscript():
            return (node.value,)
        case Name() | Number() | Text() | Truth() | Dot():
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Return a node and everything inside it, from left to right."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


@dataclass(frozen=True)
class Equation:
    """`left | additions ~ right`: the main formula, or the predictor of another parameter."""

    left: Node
    additions: tuple[Call, ...]
    right: Node
    span: Span = _span()


@dataclass(frozen=True)
class Assignment:
    """`nu = 4`: a parameter held fixed."""

    parameter: Name
    value: float
    span: Span = _span()


@dataclass(frozen=True)
class Formula:
    """A whole formula: the main equation, then those of other parameters.

    `text` is what was written; every span slices it.
    """

    text: str = field(compare=False)
    main: Equation
    others: tuple[Equation | Assignment, ...] = ()

    @property
    def statements(self) -> tuple[Equation | Assignment, ...]:
        """The main equation and the others, in the order written."""
        return (self.main, *self.others)
