"""Every function has R's numbers, on training data and on new data: R 4.2.2."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from r_results import design_and_encoding, design_of, new_design, results

from formix.design.functions import REGISTRY, find
from formix.errors import FormulaError, UnknownFunctionError

OF_R = results("functions")
LEVELS = {"f": ["lo", "mid", "hi"], "h": ["a", "b"], "o": ["I", "II", "III", "IV"]}


def frame(columns):
    data = pd.DataFrame(columns)
    for name, levels in LEVELS.items():
        data[name] = pd.Categorical(data[name], levels, ordered=name == "o")
    data["y"] = np.arange(float(len(data)))
    return data


TRAINING, NEW = frame(OF_R["data"]), frame(OF_R["new"])


@pytest.mark.parametrize("entry", OF_R["entries"], ids=lambda e: e["call"])
def test_a_call_is_what_it_is_in_r(entry):
    formula = f"y ~ {entry['call']}"
    design, encoding = design_and_encoding(formula, TRAINING)
    names = [column.r for column in design["mu"].columns]
    dropped = [column.r for column in design["mu"].dropped]
    kept = [i for i, name in enumerate(entry["columns"]) if name not in dropped]
    assert names == [entry["columns"][i] for i in kept]
    assert len(names) + len(dropped) == len(entry["columns"])
    X = np.array(entry["X"], dtype=float)[:, kept]
    np.testing.assert_allclose(design.X, X, rtol=1e-11, atol=1e-11)
    if "new" in entry:
        new = new_design(formula, encoding, NEW.drop(columns="y"))
        X = np.array(entry["new"], dtype=float)[:, kept]
        np.testing.assert_allclose(new.X, X, rtol=1e-11, atol=1e-11)


def test_most_calls_are_compared_on_new_data():
    assert sum("new" in entry for entry in OF_R["entries"]) > 110


LEARNING = [
    "scale(x)", "center(x)", "standardize(x)", "poly(x, 3)", "poly(x, z, degree = 2)", "bs(x, 5)",
    "ns(x, 4)", "factor(k)", "as.numeric(factor(k))", "cut(x, 3)", "I(x - mean(x))",
    "I(x / sd(z))", "I(x > median(x))", "I(x - min(x) + max(z) - var(x) + sum(z))",
    "I(x > quantile(x, 0.25))", "log(scale(z) + 3)", "scale(poly(x, 2))", "I(scale(scale(x)^2))",
    "C(factor(k), Sum)", "ordered(k)", "interaction(f, h)", "relevel(f, 'hi')", "poly(x, 2):f",
]  # fmt: skip


@pytest.mark.parametrize("call", LEARNING)
def test_new_data_learns_nothing(call):
    """A part of the training data is encoded to its own rows."""
    design, encoding = design_and_encoding(f"y ~ {call}", TRAINING)
    some = [16, 3, 3, 8]
    new = new_design(f"y ~ {call}", encoding, TRAINING.iloc[some])
    np.testing.assert_allclose(new.X, design.X[some], rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("np.log(z)", "log(z)"), ("numpy.exp(x)", "exp(x)"), ("np.arcsin(p)", "asin(p)"),
        ("np.ceil(x)", "ceiling(x)"), ("np.where(x > 1, x, 0)", "ifelse(x > 1, x, 0)"),
        ("np.maximum(x, z)", "pmax(x, z)"), ("np.power(x, 2)", "I(x^2)"),
        ("standardize(x)", "scale(x)"), ("center(x)", "scale(x, scale = FALSE)"),
        ("C(f, sum)", "C(f, contr.sum)"), ("C(f, Helmert)", "C(f, contr.helmert)"),
        ("C(f, 'poly')", "C(f, contr.poly)"), ("logb(z, 2)", "log2(z)"),
        ("C(f, Treatment, base = 'mid')", "relevel(f, 'mid')"),
        ("as.double(o)", "as.numeric(o)"), ("as.ordered(k)", "ordered(k)"),
        ("dummy(f, 'mid')", "I(as.numeric(f == 'mid'))"), ("I(x ** 2)", "I(x^2)"),
    ],
)  # fmt: skip
def test_aliases_mean_the_same(alias, name):
    ours, theirs = design_of(f"y ~ {alias}", TRAINING), design_of(f"y ~ {name}", TRAINING)
    np.testing.assert_allclose(ours.X, theirs.X, rtol=0, atol=1e-14)


def test_dummy_gives_a_column_a_level():
    design = design_of("y ~ 0 + dummy(f)", TRAINING)
    assert design.columns == ("dummy(f)[mid]", "dummy(f)[hi]")
    np.testing.assert_array_equal(design.X[:, 0], TRAINING["f"] == "mid")


def test_the_predictions_of_lme4_from_what_transforms_remember():
    sleep = pd.DataFrame({"Days": np.tile(np.arange(10.0), 18), "Reaction": np.arange(180.0)})
    sleep["Subject"] = np.repeat(np.arange(18), 10)
    new = {"Days": [20, 4.5, 0, -3]}
    for entry in results("predict"):
        _, encoding = design_and_encoding(entry["formula"], sleep)
        X = new_design(entry["formula"], encoding, new).X
        np.testing.assert_allclose(X @ entry["beta"], entry["predicted"], rtol=1e-9)


REFUSED = {
    "log(f)": "`log` needs numbers, and was given a factor",
    "log(x, z)": "the base of a logarithm must be one number, and is numbers",
    "sqrt(x, 2)": "`sqrt` does not take these arguments",
    "scale()": "`scale` does not take these arguments",
    "center(f)": "`center` needs a column of numbers, and was given a factor",
    "standardize(f)": "`standardize` needs a column of numbers, and was given a factor",
    "standardize(I(x * 0))": "`standardize` divides by the standard deviation",
    "scale(x, scale = 'a')": "scale must be numbers, such as c(1, 2)",
    "scale(x, center = c(1, 2))": "center must be 1 numbers, one a column, and is 2",
    "scale(I(x * 0))": "the column does not vary",
    "poly(x, 30)": "needs more than 30 different values",
    "poly(x, 1.5)": "must be a whole number",
    "poly(f, 2)": "`poly` needs a column of numbers",
    "bs(x, df = 1)": "at least 3 are needed",
    "bs(x, degree = 0)": "the degree of `bs` must be a whole number of at least 1",
    "ns(x, knots = 99)": "must lie inside its boundary",
    "ns(x, Boundary.knots = 1)": "must be two numbers",
    "cut(x, c(0, 1))": "leaves 16 of the rows outside its breaks",
    "cut(x, 1)": "two intervals or more",
    "cut(x, c(1, 1))": "two or more different numbers",
    "cut(x, 2, labels = c('a', 'b', 'c'))": "2 intervals and 3 labels",
    "C(f, foo)": "`foo` is no contrast that is known",
    "C(f, Sum, base = 1)": "sum contrasts have no base",
    "C(f, treatment, base = 'zz')": "`zz` is not a level",
    "relevel(f, 'zz')": "`zz` is not a level",
    "factor(x, levels = c(1, 2))": "`-1.7` is not among the levels",
    "factor(f, labels = 'q')": "3 levels and 1 labels",
    "factor(2)": "a factor needs a column",
    "as.numeric(h) + as.numeric(s2)": "text that is no number",
    "as.logical(f)": "needs numbers or truth values",
    "I(f + 1)": "`+` needs numbers, and was given a factor",
    "I(f > 'lo')": "`>` needs an order, and the factor has none",
    "I(o > 'zz')": "`zz` is not a level of the factor",
    "I(x == 'a')": "`==` cannot compare numbers with",
    "I(f == x)": "cannot compare a factor with numbers",
    "c(x, 1)": "`c` takes values, not columns",
    "cbind(1, 2)": "`cbind` needs columns",
    "I(c(1, 2) + x)": "`+` needs numbers, and was given several values",
    "factor(x, levels = z)": "levels must be values",
    "cut(x, breaks = z)": "breaks must be one number",
    "I(x > mean(log(x)))": "`mean` was given what is no number in 4 rows",
    "bs(log(x))": "`bs` was given what is no number in 4 rows",
    "I(x - sd(mean(x)))": "`sd` needs a column of numbers",
    "quantile(x, 3)": "must lie between 0 and 1",
    "round(x, 'a')": "digits must be one number",
    "I(poly(x, 2) + poly(x, 3))": "matrices of different widths",
}


@pytest.mark.parametrize("call", REFUSED)
def test_arguments_that_a_function_does_not_take(call):
    data = TRAINING.assign(s2=["a"] * 10 + ["b"] * 10)
    formula = (
        f"y ~ {call}" if "+" not in call.split("(")[0] and ") + " not in call else f"y ~ I({call})"
    )
    with pytest.raises(FormulaError) as caught:
        design_of(formula, data)
    assert REFUSED[call] in caught.value.message
    assert caught.value.text == formula
    assert caught.value.span is not None
    assert caught.value.span.stop > caught.value.span.start


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("log(x)", "`log(x)` is not a number in 4 rows: 0, 4, 9, 15"),
        ("log(k)", "`log(k)` is infinite in 4 rows: 0, 5, 10, 15"),
        ("I(1/k)", "`I(1/k)` is infinite in 4 rows: 0, 5, 10, 15"),
        (
            "poly(log(x), 2)",
            "`poly` was given what is no number in 4 rows",
        ),
    ],
)
def test_values_that_are_none(call, said):
    with pytest.raises(FormulaError) as caught:
        design_of(f"y ~ {call}", TRAINING)
    assert caught.value.message.startswith(said)
    assert caught.value.span.of(caught.value.text).replace(" ", "") == call.replace(" ", "")


@pytest.mark.parametrize(
    "call",
    ["lgo(x)", "np.f2py.os.system('true')", "eval(x)", "np.linalg.inv(x)", "x(z)", "mean.x(z)"],
)
def test_functions_outside_the_list(call):
    with pytest.raises(UnknownFunctionError) as caught:
        design_of(f"y ~ {call}", TRAINING)
    name = call.split("(")[0]
    assert caught.value.span.of(caught.value.text) == name
    assert f'functions={{"{name}": ...}}' in caught.value.hint


def test_a_near_name_is_offered():
    with pytest.raises(UnknownFunctionError, match="did you mean `log`"):
        design_of("y ~ lgo(x)", TRAINING)


def test_functions_of_the_user():
    double = {"double": lambda x: 2 * x}
    np.testing.assert_array_equal(
        design_of("y ~ double(x)", TRAINING, functions=double).X[:, 1], 2 * TRAINING["x"]
    )
    mine = {"log": lambda x: x - 1}
    np.testing.assert_array_equal(
        design_of("y ~ log(x)", TRAINING, functions=mine).X[:, 1], TRAINING["x"] - 1
    )
    words = {"words": lambda x: np.where(x > 1, "more", "less")}
    assert design_of("y ~ words(x)", TRAINING, functions=words).columns == (
        "Intercept",
        "words(x)[more]",
    )
    two = {"two": lambda x: np.column_stack([x, x**2])}
    assert design_of("y ~ two(x)", TRAINING, functions=two).columns == (
        "Intercept",
        "two(x)[1]",
        "two(x)[2]",
    )
    by_name = {"shift": lambda x, by=0.0: x + by}
    np.testing.assert_array_equal(
        design_of("y ~ shift(x, by = 2)", TRAINING, functions=by_name).X[:, 1], TRAINING["x"] + 2
    )


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: 1 / 0, "`f` failed: ZeroDivisionError: division by zero"),
        (lambda x: x[:3], "`f(x)` has 3 values for 20 rows"),
        (lambda x: object(), "`f(x)` is neither numbers nor levels, one a row"),
        (lambda x: x * np.nan, "`f(x)` is not a number in 20 rows: 0, 1, 2, 3, 4 and 15 more"),
        (lambda x, z: x, "`f` failed: TypeError"),
    ],
)
def test_functions_of_the_user_that_fail(function, said):
    with pytest.raises(FormulaError) as caught:
        design_of("y ~ f(x)", TRAINING, functions={"f": function})
    assert said in caught.value.message
    assert caught.value.span.of("y ~ f(x)") == "f(x)"


def test_one_row_has_no_spread():
    with pytest.raises(FormulaError, match="`sd` needs 2 rows or more"):
        design_of("y ~ I(x - sd(x))", TRAINING.iloc[:1])


def test_infinite_breaks_are_remembered():
    formula = "y ~ cut(x, c(-Inf, 1, Inf))"
    _, encoding = design_and_encoding(formula, TRAINING)
    new = new_design(formula, encoding, {"x": [-1e9, 1.0, 1e9]})
    assert new.columns == ("Intercept", "cut(x, c(-Inf, 1, Inf))[(1, Inf]]")
    assert new.X[:, 1].tolist() == [0, 0, 1]


def test_text_stays_text():
    """`as.numeric` reads text as numbers also where new data hold categories."""
    _, encoding = design_and_encoding("y ~ as.numeric(s)", TRAINING)
    new = new_design("y ~ as.numeric(s)", encoding, {"s": pd.Categorical(["9", "2.5"])})
    assert new.X[:, 1].tolist() == [9, 2.5]


def test_every_function_says_how_it_is_called():
    for name, function in REGISTRY.items():
        assert function.usage.startswith(name if not name.startswith(("np.", "numpy.")) else "")
    assert REGISTRY["bs"].usage == "bs(x, df, knots, degree, intercept, Boundary.knots)"
    assert find("log", {}) is REGISTRY["log"]
    assert find("lgo", {}) is None
