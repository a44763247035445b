"""Variables: one spelling each, and T and F as columns where the data have them."""

from __future__ import annotations

import pytest

from formix.formulas import parse
from formix.syntax.tree import Call, Name, Truth
from formix.terms.offset import offset_term
from formix.terms.variables import resolve, variable_of


def call(text: str) -> Call:
    node = parse(f"y ~ {text}").main.right
    assert isinstance(node, Call)
    return node


@pytest.mark.parametrize(
    ("text", "columns", "spelled"),
    [
        ("f(x, T)", (), "f(x, T)"),
        ("f(x, T)", ("F",), "f(x, T)"),
        ("f(x, T)", ("T",), "f(x, `T`)"),
        ("f(x, raw = T)", ("T",), "f(x, raw = T)"),
        ("f(x, c(1, T, F))", ("T", "F"), "f(x, c(1, `T`, `F`))"),
        ("f(x, (-c(1, F) + 1))", ("F",), "f(x, (-c(1, `F`) + 1))"),
        ("f(x, TRUE)", ("TRUE", "T"), "f(x, TRUE)"),
        ("log(T)", ("T",), "log(T)"),
    ],
)
def test_columns_mask_short_truth_values(text: str, columns: tuple[str, ...], spelled: str) -> None:
    variable = variable_of(call(text), columns)
    assert variable.text == spelled
    assert variable.span.of(f"y ~ {text}") == text


def test_what_is_resolved_is_a_column() -> None:
    truth = call("f(x, T)").arguments[1].value
    assert isinstance(truth, Truth)
    assert resolve(truth, {"T"}) == Name("T")
    assert resolve(truth, set()) is truth


def test_offsets() -> None:
    offset = offset_term(call("offset(log(n)/2)"))
    assert offset.text == "offset(log(n)/2)"
    assert offset.variable.span.of("y ~ offset(log(n)/2)") == "log(n)/2"
