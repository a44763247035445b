from __future__ import annotations

import traceback

import jax
import pytest

from formix.errors import EngineError
from formix.program.load import Loaded, load

TEXT = """\
import numpyro

numpyro.enable_x64()


def model(x):
    return 1 / x
"""


def test_the_model_of_the_text_is_returned():
    assert load(TEXT)(4) == 0.25


def test_loading_leaves_the_callers_precision_as_it_is():
    load(TEXT + "\n# another text, so that it runs\n")
    assert not jax.config.jax_enable_x64


def test_the_same_text_gives_the_same_function_and_so_compiles_once():
    assert load(TEXT) is load(TEXT)
    assert load(TEXT) is not load(TEXT.replace("1 / x", "2 / x"))


def test_a_traceback_shows_the_programs_line():
    with pytest.raises(ZeroDivisionError) as caught:
        load(TEXT)(0)
    assert "return 1 / x" in "".join(traceback.format_exception(caught.value))


def test_names_taken_for_given_are_there():
    text = "def model():\n    return prior\n"
    assert load(text, namespace={"prior": 7})() == 7
    assert load(text, namespace={"prior": 8})() == 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def model(:", "cannot be loaded: SyntaxError"),
        ("import nothing_of_that_name", "cannot be loaded: ModuleNotFoundError"),
        ("x = 1", "defines no function `model`"),
    ],
)
def test_a_text_that_is_no_program_is_an_error_of_ours(text, message):
    with pytest.raises(EngineError, match=message):
        load(text)


def test_programs_of_one_text_are_equal_unless_they_take_names_for_given():
    text = "def model(y=None):\n    pass\n"
    one, other = Loaded(text, {}), Loaded(text, {})
    assert one == other
    assert hash(one) == hash(other)
    assert one != Loaded(text + "\n", {})
    named = Loaded(text, {"prior": object()})
    assert named == named
    assert named != Loaded(text, dict(named.namespace))
    assert one != text
