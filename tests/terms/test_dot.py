"""`.`: the columns that a formula does not use otherwise."""

from __future__ import annotations

import pandas as pd
import pytest

from formix.errors import FormulaError
from formix.formulas import expand, parse
from formix.terms.dot import has_dot, listed, others

COLUMNS = ["y", "x", "odd name", "g", "h", "w"]


@pytest.mark.parametrize(
    ("formula", "columns", "responses", "groups"),
    [
        ("y ~ .", ["x", "odd name", "g", "h", "w"], ["y"], []),
        ("log(y) ~ .", ["x", "odd name", "g", "h", "w"], ["y"], []),
        ("y | weights(w) ~ .", ["x", "odd name", "g", "h"], ["y", "w"], []),
        ("y ~ . + (1 | g/h)", ["x", "odd name", "w"], ["y"], ["g", "h"]),
        ("y ~ .; sigma ~ (1 | h)", ["x", "odd name", "g", "w"], ["y"], ["h"]),
        ("y ~ (. | `odd name`)", ["x", "g", "h", "w"], ["y"], ["odd name"]),
        ("cbind(y, x) ~ . + log(g)", ["odd name", "g", "h", "w"], ["y", "x"], []),
    ],
)
def test_what_the_dot_stands_for(
    formula: str, columns: list[str], responses: list[str], groups: list[str]
) -> None:
    found = others(parse(formula), COLUMNS)
    assert (list(found.columns), list(found.responses), list(found.groups)) == (
        columns,
        responses,
        groups,
    )


def test_the_note() -> None:
    (note,) = expand("y | weights(w) ~ . + (1 | g:h)", COLUMNS).notes
    assert note == (
        "`.` stands for x and `odd name` (not the response y and w, nor the groups g and h, "
        "which lme4 counts in)"
    )
    (note,) = expand("y ~ .", ["y"]).notes
    assert note == "`.` stands for nothing (not the response y)"


def test_the_dot_takes_part_in_the_algebra() -> None:
    assert expand("y ~ .^2 - a:b + log(.x)", ["y", "a", "b", "c"])["mu"].common.text == (
        "1 + a + b + c + log(.x) + a:c + b:c"
    )
    assert expand("y ~ . - b - 1", ["y", "a", "b"])["mu"].common.text == "0 + a"


def test_a_table_is_its_columns() -> None:
    table = pd.DataFrame({"y": [1.0], "x": [2.0]})
    assert expand("y ~ .", table).text == "y ~ 1 + x"


def test_without_data_there_is_nothing_to_stand_for() -> None:
    with pytest.raises(FormulaError, match="there are no data"):
        expand("y ~ .")


def test_without_a_dot_no_columns_are_needed_or_noted() -> None:
    assert not has_dot(parse("y ~ x.1 + log(x)"))
    assert expand("y ~ x", ["y", "x"]).notes == ()


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c d"], "a, b and `c d`"),
        (
            [f"x{number}" for number in range(40)],
            ", ".join(f"x{n}" for n in range(12)) + " and 28 more",
        ),
    ],
)
def test_lists(names: list[str], text: str) -> None:
    assert listed(names) == text
