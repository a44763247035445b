"""Calls that are meant as group-level effects, with a structure that formix does not know."""

from __future__ import annotations

from formix.syntax.tree import Binary, Call, Node, Number, Parenthesis, Unary, children

_STRUCTURES_ELSEWHERE = {
    *("equalto", "exp", "gau", "hetar1", "homcs", "homdiag", "homtoep", "mat", "ou", "propto"),
    *("rr", "toep", "un"),
}


def looks_like_bar(call: Call) -> bool:
    """Return whether a call is group-level effects after a name that is no covariance structure.

    `toep(x | g)` and `x (1 | g)` are; `I(x | z)` is a logical or.
    """
    if len(call.arguments) != 1:
        return False
    inside = call.arguments[0].value
    if not isinstance(inside, Binary) or inside.operator != "|":
        return False
    return call.function in _STRUCTURES_ELSEWHERE or _adds_intercept(inside.left)


def _adds_intercept(node: Node) -> bool:
    """Return whether 0 or 1 is among the summands of some arithmetic, as in `1` or `0 + x`."""
    match node:
        case Number():
            return node.value in {0.0, 1.0}
        case Unary() | Parenthesis():
            return any(map(_adds_intercept, children(node)))
        case Binary(operator="+" | "-"):
            return any(map(_adds_intercept, children(node)))
        case _:
            return False
