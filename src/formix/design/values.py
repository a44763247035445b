"""The nouns of an evaluated variable: numbers, in one column or several, and factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.column import text_of
from formix.design.contrasts import Contrast

if TYPE_CHECKING:
    from formix.spec import Label


@dataclass(frozen=True, eq=False)
class Matrix:
    """Several columns of numbers made by one call, such as `poly(x, 2)`, each with a name."""

    values: np.ndarray
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Factor:
    """A factor: int32 codes into levels, -1 for none of them.

    `contrast` is the one that the formula asks for by `C(f, Sum)`; `text` tells strings from
    categories, which `as.numeric` reads differently.
    """

    codes: np.ndarray
    levels: tuple[Label, ...]
    ordered: bool = False
    text: bool = False
    contrast: Contrast | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def recoded(self, levels: tuple[Label, ...]) -> Factor:
        """Return the factor coded into other levels; -1 stands for a level not among them."""
        if levels == self.levels:
            return self
        place = {level: code for code, level in enumerate(levels)}
        to = np.array([*(place.get(level, -1) for level in self.levels), -1], dtype=np.int32)
        return replace(self, codes=to[self.codes], levels=levels)


Values = np.ndarray | Matrix | Factor
"""A variable with a value a row: numbers (or truth values), a matrix, a factor."""

Argument = Values | float | str | bool | list[Any]
"""What a function of a formula may be given: a variable, a literal, or `c()` of literals."""


def as_factor(value: np.ndarray) -> Factor:
    """Return truth values as the factor that R makes of them, with levels False and True."""
    return Factor(value.astype(np.int32), (False, True))


def are_truths(levels: Sequence[Label]) -> bool:
    """Whether levels are those of truth values, which 0 and 1 are not, though they equal them."""
    return len(levels) == 2 and all(isinstance(level, bool) for level in levels)


@dataclass(frozen=True)
class Shape:
    """What is remembered of a variable: its columns' names, or its levels and their coding.

    `memory` holds the numbers that its calls learnt, by the position of the call in it.
    """

    kind: str
    names: tuple[str, ...] = ()
    levels: tuple[Label, ...] = ()
    ordered: bool = False
    contrast: Contrast | None = None
    memory: Mapping[str, Any] = field(default_factory=lambda: dict[str, Any]())

    def to_dict(self) -> dict[str, Any]:
        """Return the shape as JSON has it."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "levels": list(self.levels),
            "ordered": self.ordered,
            "contrast": None if self.contrast is None else self.contrast.to_dict(),
            "memory": dict(self.memory),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Shape:
        """Return the shape that `to_dict` wrote."""
        contrast = stored["contrast"]
        return cls(
            kind=stored["kind"],
            names=tuple(stored["names"]),
            levels=tuple(stored["levels"]),
            ordered=stored["ordered"],
            contrast=None if contrast is None else Contrast.from_dict(contrast),
            memory=stored["memory"],
        )


def shape_of(value: Values, memory: Mapping[str, Any]) -> Shape:
    """Return what is to be remembered of a value, the levels that do not occur left out."""
    if isinstance(value, Factor):
        levels = value.levels
        if not are_truths(levels):
            used = np.zeros(len(levels), dtype=bool)
            used[value.codes[value.codes >= 0]] = True
            levels = tuple(level for level, keep in zip(levels, used, strict=True) if keep)
        return Shape("factor", (), levels, value.ordered, value.contrast, memory)
    names = value.names if isinstance(value, Matrix) else ()
    return Shape("number", names, (), False, None, memory)


def suffixes(levels: Sequence[Label]) -> tuple[list[str], list[str]]:
    """Return how levels are written in our labels of columns, and in R's."""
    ours = [text_of(level) for level in levels]
    r = [str(level).upper() if isinstance(level, bool) else text_of(level) for level in levels]
    return ours, r
