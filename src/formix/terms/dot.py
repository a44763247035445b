"""What `.` stands for: the columns of the data that a formula does not use otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from formix.syntax.spelling import spell_name
from formix.syntax.tree import Bar, Dot, Equation, Formula, Name, Node, walk

_SHOWN = 12


@dataclass(frozen=True)
class Others:
    """The columns that `.` stands for, and those that it leaves out and why, in the data's order.

    R leaves out the response alone; a group beside its own effects by level would make them
    impossible to tell apart, so groups are left out here as well.
    """

    columns: tuple[str, ...]
    responses: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def note(self) -> str:
        """What `.` stands for, in words."""
        out = [f"the response {listed(self.responses)}"] if self.responses else []
        if self.groups:
            several = "s" * (len(self.groups) > 1)
            out.append(f"the group{several} {listed(self.groups)}, which lme4 counts in")
        without = f" (not {', nor '.join(out)})" if out else ""
        return f"`.` stands for {listed(self.columns) or 'nothing'}{without}"


def others(formula: Formula, columns: Sequence[str]) -> Others:
    """Return what `.` stands for in every right side of a formula, for data of these columns."""
    response = set(_names(_left(formula.main)))
    bars = [node for node in _right(formula) if isinstance(node, Bar)]
    groups = {name for bar in bars for name in _names([bar.group])} - response
    return Others(
        tuple(name for name in columns if name not in response | groups),
        tuple(name for name in columns if name in response),
        tuple(name for name in columns if name in groups),
    )


def has_dot(formula: Formula) -> bool:
    """Return whether a formula holds a `.`."""
    return any(isinstance(node, Dot) for node in _right(formula))


def _left(equation: Equation) -> list[Node]:
    return [equation.left, *equation.additions]


def _right(formula: Formula) -> Iterator[Node]:
    for statement in formula.statements:
        if isinstance(statement, Equation):
            yield from walk(statement.right)


def _names(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        yield from (inside.name for inside in walk(node) if isinstance(inside, Name))


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them, the first dozen where there are many."""
    spelled = [spell_name(name) for name in names[:_SHOWN]]
    if len(names) > _SHOWN:
        spelled.append(f"{len(names) - _SHOWN} more")
    return " and ".join(part for part in (", ".join(spelled[:-1]), *spelled[-1:]) if part)
