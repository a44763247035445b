"""The left side: what is the response, and what is known of it."""

from __future__ import annotations

import pytest

from formix.errors import FormulaError
from formix.formulas import expand
from formix.terms.response import known_as


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


@pytest.mark.parametrize(
    ("addition", "names"),
    [
        ("se(s)", ("se",)),
        ("se(s, sigma = TRUE)", ("se", "se_sigma")),
        ("se(s, FALSE)", ("se",)),
        ("weights(w)", ("weights",)),
        ('weights(w, "likelihood")', ("likelihood_weights",)),
        ('weights(w, kind = "precision")', ("weights",)),
        ("trials(n)", ("trials",)),
        ("cens(c)", ("cens",)),
        ("cens(c, y2)", ("cens", "cens_upper")),
        ("trunc(ub = 3, lb = 0)", ("trunc_upper", "trunc_lower")),
        ("rate(d)", ("rate",)),
    ],
)
def test_what_an_addition_says_has_a_name(addition: str, names: tuple[str, ...]) -> None:
    (found,) = expand(f"y | {addition} ~ x").response.additions
    assert known_as(found) == names


@pytest.mark.parametrize(
    ("left", "guilty"),
    [
        ("y | se(s) + weights(w)", "weights(w)"),
        ("y | weights(w) + trunc(lb = 0) + se(s, sigma = TRUE)", "se(s, sigma = TRUE)"),
    ],
)
def test_standard_errors_and_precision_weights_exclude_each_other(left: str, guilty: str) -> None:
    formula = f"{left} ~ x"
    with pytest.raises(FormulaError, match="both say how precise each row is") as caught:
        expand(formula)
    assert caught.value.span is not None
    assert caught.value.span.of(formula) == guilty


def test_columns_called_t_are_columns_in_a_response() -> None:
    assert expand("f(y, T) ~ x", ["y", "T"]).response.text == "f(y, `T`)"
    assert expand("f(y, T) ~ x", ["y"]).response.text == "f(y, T)"
