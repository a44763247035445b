"""One expression, evaluated through formulae in names of ours."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from r_results import design_of

from formix.design.columns import Scope, evaluate
from formix.errors import FormulaError
from formix.syntax.parse import parse

COLUMNS = {"x": np.array([1.0, 2.0, 4.0]), "odd name": np.array([3.0, 1.0, 0.0])}


def value(text, memory=None, functions=None):
    node = parse(f"{text} ~ 1").main.left
    memory = {} if memory is None else memory
    scope = Scope(
        lambda name: COLUMNS[name.name], COLUMNS.__contains__, functions or {}, memory, text
    )
    return evaluate(node, scope)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", [1, 2, 4]),
        ("x + `odd name` * 2", [7, 4, 4]),
        ("-x^2", [-1, -4, -16]),
        ("2^-x", [0.5, 0.25, 0.0625]),
        ("x^2^0.5", COLUMNS["x"] ** 2**0.5),
        ("-5 %/% 2 * x", [-3, -6, -12]),
        ("-x %% 3", [2, 1, 2]),
        ("-(x %% 3)", [-1, -2, -1]),
        ("x / 2 / 2", [0.25, 0.5, 1]),
        ("x - 1 - 1", [-1, 0, 2]),
        ("1e-3 * x", [0.001, 0.002, 0.004]),
        ("sqrt(abs(log(exp(-x))))", np.sqrt(COLUMNS["x"])),
        ("x >= 2 & !(x == 4)", [False, True, False]),
        ("I(x < 2 | x > 3)", [True, False, True]),
        ("!x > 1 + 1", [True, True, False]),
        ("ifelse(x > 1, 10, 20)", [20, 10, 10]),
        ("pi * x", np.pi * COLUMNS["x"]),
    ],
)
def test_operators_have_rs_precedence_and_signs(text, expected):
    np.testing.assert_allclose(value(text), np.asarray(expected, dtype=float), rtol=1e-15)


def test_each_learning_call_has_a_memory_of_its_own():
    memory = {}
    value("scale(scale(x) * 2) + center(x) + mean(x)", memory)
    assert sorted(memory) == ["0", "1", "2", "3"]
    assert memory["3"] == {"value": 7 / 3}
    again = dict(memory)
    value("scale(scale(x) * 2) + center(x) + mean(x)", memory)
    assert memory == again


def test_nothing_but_the_memory_is_used_when_it_is_filled():
    filled = {"0": {"center": [1.0], "scale": [2.0]}}
    np.testing.assert_array_equal(value("scale(x)", filled), [0, 0.5, 1.5])


def test_the_caret_is_under_the_innermost_call():
    text = "sqrt(1 + log('a'))"
    with pytest.raises(FormulaError) as caught:
        value(text)
    assert caught.value.span.of(text) == "log('a')"


def test_names_of_the_caller_are_not_seen():
    secret = np.ones(3)  # what formulae would find in the caller's frame
    with pytest.raises(KeyError):
        value("log(secret)")
    assert secret.sum() == 3


def test_deep_nesting():
    text = "log(" * 40 + "x + 1e300" + ")" * 40
    with pytest.raises(FormulaError, match="is not a number"):
        design_of(f"y ~ {text}", {"y": [1.0, 2.0], "x": [1.0, 2.0]})


def test_formulae_is_imported_for_calls_only():
    code = (
        "import sys\n"
        "sys.path.insert(0, 'tests')\n"
        "from r_results import design_of\n"
        "data = {'y': [1., 2., 4., 3.], 'x': [1., 3., 2., 5.], 'g': ['a', 'b', 'a', 'b']}\n"
        "design_of('y ~ x * g + (x | g)', data)\n"
        "assert 'formulae.matrices' not in sys.modules\n"
        "design_of('y ~ log(x)', data)\n"
        "assert 'formulae.matrices' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert done.stdout == done.stderr == b""
