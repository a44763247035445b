"""The left side: what is the response, and what is known of it."""

from __future__ import annotations

import pytest

from formix.errors import FormulaError
from formix.formulas import expand


@pytest.mark.parametrize(
    ("left", "text", "level", "additions"),
    [
        ("y", "y", "", []),
        ("log(y)", "log(y)", "", []),
        ("cbind(k,n-k)", "cbind(k, n - k)", "", []),
        ("prop(k,n)", "prop(k, n)", "", []),
        ("`my y`/2", "`my y`/2", "", []),
        ("y[yes]", "y", "yes", []),
        ("y | se(s)", "y", "", ["se(s)"]),
        ("y | se(s, sigma=TRUE)", "y", "", ["se(s, sigma = TRUE)"]),
        ("y | weights(w)+trials(10)", "y", "", ["weights(w)", "trials(10)"]),
        ("y | weights(w, kind='likelihood')", "y", "", ['weights(w, kind = "likelihood")']),
        ("y | weights(w, 'precision')", "y", "", ['weights(w, "precision")']),
        ("y | cens(c, y2)", "y", "", ["cens(c, y2)"]),
        ("y | trunc(lb=0)", "y", "", ["trunc(lb = 0)"]),
        ("y | trunc(-1, log(b))", "y", "", ["trunc(-1, log(b))"]),
        ("y[a] | rate(d)", "y", "a", ["rate(d)"]),
    ],
)
def test_left_sides(left: str, text: str, level: str, additions: list[str]) -> None:
    response = expand(f"{left} ~ x").response
    assert (response.text, response.level) == (text, level)
    assert [addition.text for addition in response.additions] == additions
    assert [addition.name for addition in response.additions] == [
        addition.text.partition("(")[0] for addition in response.additions
    ]


@pytest.mark.parametrize(
    ("left", "guilty"),
    [
        ("y | se()", "se()"),
        ("y | se(s, 2)", "2"),
        ("y | se(s, s)", "s"),
        ("y | se(sigma = TRUE)", "se(sigma = TRUE)"),
        ('y | weights("w")', '"w"'),
        ("y | weights(w, weights = z)", "weights = z"),
        ("y | trials(n, 2)", "2"),
        ("y | rate(TRUE)", "TRUE"),
    ],
)
def test_arguments_that_an_addition_does_not_take(left: str, guilty: str) -> None:
    formula = f"{left} ~ x"
    with pytest.raises(FormulaError, match="takes other arguments") as caught:
        expand(formula)
    assert caught.value.span is not None
    assert caught.value.span.of(formula) == guilty


def test_columns_called_t_are_columns_in_a_response() -> None:
    assert expand("f(y, T) ~ x", ["y", "T"]).response.text == "f(y, `T`)"
    assert expand("f(y, T) ~ x", ["y"]).response.text == "f(y, T)"
