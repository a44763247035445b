"""What every example of mistakes.toml is told; run this file to write the golden texts anew."""

from __future__ import annotations

from pathlib import Path

from formix.design.names import used
from formix.errors import FormulaError
from formix.syntax.mistakes import MISTAKES, Mistake
from formix.syntax.parse import parse
from formix.terms.expand import expand

TEXTS = Path(__file__).parent / "mistakes"
COLUMNS = ("y", "x", "z", "n", "w", "f", "g", "h", "a", "b", "c", "s", "T")
"""The columns that the examples may use, as mistakes.toml says."""


def refusal(example: str, stage: str) -> FormulaError:
    """Return what an example raises when it is taken as far as a stage."""
    try:
        formula = parse(example)
        if stage != "parse":
            terms = expand(formula, COLUMNS)
            if stage == "design":
                used(terms, COLUMNS, {})
    except FormulaError as error:
        return error
    raise AssertionError(f"nothing is wrong with {example!r}")


def told(entry: Mistake) -> str:
    """Return the class and the text of every error of an entry, one below the other."""
    errors = (refusal(example, entry.stage) for example in entry.examples)
    return "\n\n".join(f"{type(error).__name__}: {_shown(entry, error)}" for error in errors) + "\n"


def _shown(entry: Mistake, error: FormulaError) -> str:
    if entry.stage != "design":
        return "\n".join(line.rstrip() for line in str(error).splitlines())
    # What there is, which the hint lists, is for the design's own tests.
    return str(FormulaError(error.message, text=error.text, span=error.span))


if __name__ == "__main__":
    for old in TEXTS.glob("*.txt"):
        old.unlink()
    for entry in MISTAKES.values():
        if entry.examples:
            (TEXTS / f"{entry.id}.txt").write_text(told(entry), encoding="utf-8")
