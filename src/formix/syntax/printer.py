"""From a formula, or a part of one, to its canonical text: R's spelling, as R would print it."""

from __future__ import annotations

from formix.syntax.spelling import SHORT_TRUTHS, is_plain, spell_name, spell_number, spell_text
from formix.syntax.tree import (
    Argument,
    Assignment,
    Bar,
    Binary,
    Call,
    Dot,
    Equation,
    Formula,
    Name,
    Node,
    Number,
    Parenthesis,
    Subscript,
    Sum,
    Text,
    Truth,
    Unary,
)

_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _MODULO, _INTERACT, _SIGN, _POWER, _ATOM = range(11)
_LEVELS = {
    "|": _OR,
    "&": _AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _COMPARE),
    "+": _ADD,
    "-": _ADD,
    "*": _MULTIPLY,
    "/": _MULTIPLY,
    "%%": _MODULO,
    "%/%": _MODULO,
    "%in%": _MODULO,
    ":": _INTERACT,
    "^": _POWER,
}
# R puts no blanks around these.
_TIGHT = {"/", "%%", "%/%", ":", "^"}


def to_text(node: Formula | Equation | Assignment | Node) -> str:
    """Return the canonical text of a formula or of a node, as R would print it.

    Parsed again it gives the same tree: parentheses are kept where they are in the tree, and
    added where the tree needs them.

    Examples
    --------
    >>> to_text(Binary("^", Binary("+", Name("a"), Name("b")), Number(2.0, "2")))
    '(a + b)^2'
    >>> to_text(Call("poly", (Argument("", Name("odd name")), Argument("raw", Truth(True)))))
    'poly(`odd name`, raw = TRUE)'
    """
    match node:
        case Formula():
            return "; ".join(to_text(statement) for statement in node.statements)
        case Equation():
            return _equation(node)
        case Assignment():
            return f"{to_text(node.parameter)} = {spell_number(node.value)}"
        case Unary():
            return node.operator + _inside(node.operand, _level(node))
        case Binary():
            return _binary(node)
        case Sum():
            return _sum(node)
        case Parenthesis():
            return f"({to_text(node.inner)})"
        case Bar():
            return _bar(node)
        case _:
            return _atom(node)


def _atom(node: Name | Number | Text | Truth | Dot | Call | Subscript) -> str:
    match node:
        case Name():
            return spell_name(node.name)
        case Number():
            return spell_number(node.value)
        case Text():
            return spell_text(node.value)
        case Truth():
            return node.text or ("TRUE" if node.value else "FALSE")
        case Dot():
            return "."
        case Call():
            arguments = (_argument(place, one) for place, one in enumerate(node.arguments))
            return f"{node.function}({', '.join(arguments)})"
        case Subscript():
            level = node.level if is_plain(node.level) else spell_text(node.level)
            return f"{to_text(node.value)}[{level}]"


def _argument(place: int, argument: Argument) -> str:
    value = to_text(argument.value)
    if (place or argument.name) and isinstance(argument.value, Name) and value in SHORT_TRUTHS:
        # Without backticks it would be read as a truth value.
        value = f"`{value}`"
    return f"{argument.name} = {value}" if argument.name else value


def _equation(node: Equation) -> str:
    left = _inside(node.left, _AND)
    additions = " + ".join(to_text(addition) for addition in node.additions)
    known = f" | {additions}" if additions else ""
    return f"{left}{known} ~ {to_text(node.right)}"


def _level(node: Node) -> int:
    """Return how tightly a node holds together: the higher, the fewer parentheses it needs."""
    match node:
        case Binary():
            return _LEVELS[node.operator]
        case Sum():
            return _ADD
        case Unary():
            return _NOT if node.operator == "!" else _SIGN
        case _:
            return _ATOM


def _inside(node: Node, least: int) -> str:
    """Return a node's text, in parentheses if it holds together less than `least`."""
    text = to_text(node)
    return text if _level(node) >= least else f"({text})"


def _binary(node: Binary) -> str:
    level = _level(node)
    if node.operator == "^":
        left, right = _inside(node.left, level + 1), _inside(node.right, _SIGN)
    else:
        # Comparisons do not chain; everything else goes from the left.
        least = level + 1 if level == _COMPARE else level
        left, right = _inside(node.left, least), _inside(node.right, level + 1)
    blank = "" if node.operator in _TIGHT else " "
    return f"{left}{blank}{node.operator}{blank}{right}"


def _sum(node: Sum) -> str:
    first, *rest = node.operands
    parts = [_inside(first, _ADD + 1)]
    for sign, operand in zip(node.signs, rest, strict=True):
        parts += [sign, _inside(operand, _ADD + 1)]
    return " ".join(parts)


def _bar(node: Bar) -> str:
    structure = node.covariance
    if structure == "us" and node.written != "us":
        structure = ""
    doubled = structure == "diag" and node.written != "diag" and not node.id
    if doubled:
        structure = ""
    bar = "||" if doubled else "|"
    shared = f"{node.id} | " if node.id else ""
    return f"{structure}({to_text(node.effects)} {bar} {shared}{to_text(node.group)})"
