"""What is told of bars whose terms do not vary within the levels of their group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import formix as fx


@pytest.fixture(scope="module")
def classes() -> pd.DataFrame:
    """Eight classes of five: treated or not as a whole, and of a size; marks vary within."""
    klass = np.repeat(np.arange(8), 5)
    marks = np.sin(np.arange(40.0))
    return pd.DataFrame(
        {
            "y": np.cos(3.0 * np.arange(40.0)),
            "klass": [f"c{k}" for k in klass],
            "treatment": np.where(klass % 2, "new", "old"),
            "size": 20.0 + klass,
            "marks": marks,
            "level": np.where(marks > 0, "high", "low"),
        }
    )


def _notes(formula: str, data: pd.DataFrame) -> list[str]:
    return [note for note in fx.Model(formula, data).notes if "one value" in note]


@pytest.mark.parametrize(
    ("bar", "terms"),
    [
        ("(treatment | klass)", ["treatment"]),
        ("(size + marks | klass)", ["size"]),
        ("(size * treatment || klass)", ["size", "treatment", "size:treatment"]),
        ("(size + marks:size | klass)", ["size"]),
    ],
)
def test_terms_that_are_constant_within_levels_are_told(classes, bar, terms):
    notes = _notes(f"y ~ treatment + {bar}", classes)
    assert [note.split("`")[1] for note in notes] == terms
    assert all("each level of `klass`" in note and "leave it out" in note for note in notes)


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ treatment + (1 | klass)",
        "y ~ marks + (marks + level | klass)",
        "y ~ treatment + (treatment | level)",
        # Classes of unequal variance, which their treatment tells.
        "y ~ treatment + (0 + treatment || klass)",
        "y ~ treatment + (1 | gr(klass, by = treatment))",
        "y ~ marks + (marks | mm(klass, level))",
    ],
)
def test_terms_that_vary_or_stand_alone_are_not(classes, formula):
    assert _notes(formula, classes) == []


def test_the_note_is_of_the_predictor_that_has_the_bar(classes):
    assert len(_notes("y ~ treatment + (1 | klass); sigma ~ (treatment | klass)", classes)) == 1
