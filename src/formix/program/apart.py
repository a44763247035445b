"""A program, and apart from it the numbers that other data of the same shape would change.

The priors that a model has by default, and the means that its intercept is moved by, depend on the
data. As arguments they are no part of what is compiled, which then serves other data too.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import numpy as np

from formix.program.load import Loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from formix.program.program import Program

NUMBERS = "numbers_"
"""The argument that they become; no column is called so in a program."""

_SCALED = {
    "dist.Cauchy": 0,
    "dist.Exponential": 0,
    "dist.HalfCauchy": 0,
    "dist.HalfNormal": 0,
    "dist.Normal": 0,
    "dist.StudentT": 1,
    "half_t": 1,
}
"""Distributions whose arguments may be any array, from this one on."""


def apart(program: Program) -> tuple[Callable[..., None], Mapping[str, np.ndarray]]:
    """Return a program that takes such numbers as one more argument, and the argument by its name.

    Two programs that differ in these numbers alone are then equal. Where there are none it is the
    program as it is.
    """
    tree = ast.parse(program.text)
    lifting = _Lifting()
    for place, line in enumerate(tree.body):
        if isinstance(line, ast.FunctionDef) and line.name == "model":
            tree.body[place] = lifting.visit(line)
            line.args.args.insert(0, ast.arg(NUMBERS))
    if not lifting.numbers or NUMBERS in program.data:
        return program.function, {}
    text = ast.unparse(ast.fix_missing_locations(tree))
    namespace = getattr(program.function, "namespace", {})
    return Loaded(text, namespace), {NUMBERS: np.array(lifting.numbers)}


class _Lifting(ast.NodeTransformer):
    """Puts an element of the argument in the place of each number, and keeps the numbers."""

    def __init__(self) -> None:
        self.numbers: list[float] = []

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Lift the numbers of a prior; those of the response's distribution stay."""
        name = ast.unparse(node.func)
        if any(keyword.arg == "obs" for keyword in node.keywords):
            return node
        self.generic_visit(node)
        if name in _SCALED:
            first = _SCALED[name]
            node.args[first:] = [self._lifted(x) for x in node.args[first:]]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Lift the means that coefficients are multiplied by."""
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            node.left = self._lifted(node.left)
        return node

    def _lifted(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "jnp.array":
            (listed,) = node.args
            if isinstance(listed, ast.List):
                listed.elts = [self._lifted(x) for x in listed.elts]
            return node
        try:
            value = ast.literal_eval(node)
        except ValueError:
            return node
        if not isinstance(value, float):
            return node
        self.numbers.append(value)
        return ast.parse(f"{NUMBERS}[{len(self.numbers) - 1}]", mode="eval").body
