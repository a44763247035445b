"""Which columns a formula uses, and names that the data do not have."""

from __future__ import annotations

import pytest

from formix.design.names import used
from formix.errors import FormixError, UnknownColumnError, UnknownFunctionError
from formix.syntax.parse import parse
from formix.terms.expand import expand

NAMES = ("y", "x", "Days", "Subject", "f", "g", "n", "Sum", "w")


def columns(formula, names=NAMES, functions=None, new=False):
    return used(expand(parse(formula), names), names, functions or {}, new=new)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("y ~ 1", ("y",)),
        ("y ~ x * f + (Days | g:w) + offset(log(n))", ("y", "x", "f", "Days", "g", "w", "n")),
        ("log(y) ~ I(x^2 + Days) - x", ("y", "x", "Days")),
        ("cbind(y, n - y) ~ x", ("y", "n", "x")),
        ("prop(y, n) ~ x", ("y", "n", "x")),
        ("y | weights(w) + trunc(lb = 0, ub = n) ~ x; sigma ~ f", ("y", "w", "n", "x", "f")),
        ("y ~ C(f, Sum)", ("y", "f")),
        ("y ~ C(f, contr = Sum) + Sum", ("y", "f", "Sum")),
        ("y ~ poly(x, 2, raw = TRUE)", ("y", "x")),
        ("y ~ I(pi * x) + cut(n, c(-Inf, 0, Inf))", ("y", "x", "n")),
        ("f[level] ~ x", ("f", "x")),
        ("y ~ `Days`:x", ("y", "Days", "x")),
    ],
)  # fmt: skip
def test_columns_in_the_order_written(formula, expected):
    assert columns(formula) == expected


def test_a_column_called_pi_is_that_column():
    assert columns("y ~ I(pi * 2)", ("y", "pi")) == ("y", "pi")


@pytest.mark.parametrize(
    ("formula", "name", "said"),
    [
        ("y ~ Dayz", "Dayz", "did you mean `Days`?"),
        ("y ~ x + (1 | subject)", "subject", "did you mean `Subject`?"),
        ("y ~ log(zz)", "zz", "The data has: y, x, Days"),
        ("reaction ~ x", "reaction", "The data has"),
        ("y ~ x; sigma ~ x + (zz | f)", "zz", "The data has"),
        ("y | weights(ww) ~ x", "ww", "did you mean `w`?"),
        ("y ~ x + offset(nn)", "nn", "did you mean `n`?"),
        ("y ~ (1 | f:gg)", "gg", "did you mean `g`?"),
        ("y ~ `a b` + zz", "a b", "The data has"),
        ("zz ~ qq", "zz", "The data has"),
    ],
)  # fmt: skip
def test_names_that_are_no_columns(formula, name, said):
    with pytest.raises(UnknownColumnError) as caught:
        columns(formula)
    error = caught.value
    assert error.message == f"`{name}` is not a column of the data"
    assert error.span.of(error.text).strip("`") == name
    assert said in error.hint.replace("\n", " ")
    assert isinstance(error, FormixError)


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("y ~ SES (z-score)", "SES (z-score)"),
        ("y ~ x + SES(z - score):x", "SES (z-score)"),
        ("y ~ 1 + (z-score | g)", "z-score"),
        ("log(z-score) ~ x", "z-score"),
    ],
)
def test_a_column_that_needs_backticks_is_recognised_without(written, column):
    with pytest.raises((UnknownColumnError, UnknownFunctionError)) as caught:
        columns(written, (*NAMES, "SES (z-score)", "z-score", "z.1 "))
    assert caught.value.hint == f"for the column of that name write `{column}`, in backticks"


@pytest.mark.parametrize("written", ["y ~ z.12", "y ~ z-scores", "y ~ SES(z)", "y ~ SES + x"])
def test_other_names_are_not_taken_for_it(written):
    with pytest.raises((UnknownColumnError, UnknownFunctionError)) as caught:
        columns(written, (*NAMES, "SES (z-score)", "z-score", "z.1 "))
    assert "backticks" not in caught.value.hint


def test_a_backslash_in_backticks_is_written_twice():
    names = ("y", "a\\b")
    with pytest.raises(UnknownColumnError) as caught:
        columns(r"y ~ `a\b`", names)
    assert caught.value.hint.endswith(r"a backslash within backticks is written twice: `a\\b`")
    assert columns(r"y ~ `a\\b`", names) == names
    with pytest.raises(UnknownColumnError) as caught:
        columns("y ~ `ab`", names)
    assert "twice" not in caught.value.hint


def test_long_lists_are_cut():
    names = ("y", *(f"column{i}" for i in range(100)))
    with pytest.raises(UnknownColumnError) as caught:
        columns("y ~ zz", names)
    assert "and 71 more" in caught.value.hint
    assert all(len(line) < 100 for line in str(caught.value).splitlines())


def test_functions_are_checked_before_columns_are_read():
    with pytest.raises(UnknownFunctionError):
        columns("y ~ lgo(x)")
    with pytest.raises(UnknownFunctionError):
        columns("lgo(y) ~ x")
    assert columns("y ~ lgo(x)", functions={"lgo": abs}) == ("y", "x")


def test_new_data_need_only_the_predictors():
    formula = "y | weights(w) ~ x + (Days | Subject)"
    assert columns(formula, ("x", "Days"), new=True) == ("x", "Days")
    assert columns(formula, ("Subject", "x", "Days", "y"), new=True) == (
        "y",
        "x",
        "Days",
        "Subject",
    )
    with pytest.raises(UnknownColumnError, match="`Days` is not a column"):
        columns(formula, ("x", "y", "w", "Subject"), new=True)
