"""Lines that a formatter leaves alone, at its own default width and at the project's."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from formix.program.layout import WIDTH, laid_out
from formix.spelling import Identifiers, comment_text, number_text, string_text, vector_text


def formatted(text: str, width: int) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={width}", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


LINES = [
    "a = f(1)",
    f"target = numpyro.sample({string_text('s' * 60)}, dist.Normal(0.0, 1.0))",
    f"a = numpyro.sample('site', dist.Normal({vector_text(range(8))}, {vector_text([1e-1] * 9)}))",
    f"x = f({string_text('a,b(c]' * 20)}, 2)",
    f"def model({', '.join(f'argument_{i}' for i in range(12))}, y=None):",
    f"L = block_diag({', '.join(f'L_group_{i}' for i in range(12))})",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("width", [88, 100])
def test_laid_out_lines_are_fixed_points_of_the_formatter(line: str, width: int):
    text = "\n".join(laid_out(line.replace("'site'", '"site"'), 0))
    if line.startswith("def"):
        text += "\n    pass"
    assert formatted(text + "\n", width) == text + "\n"


def test_short_lines_stand_as_they_are():
    assert laid_out("a = f(1)", 4) == ["    a = f(1)"]


@pytest.mark.parametrize("line", LINES[1:])
def test_long_lines_are_broken(line: str):
    lines = laid_out(line, 0)
    assert len(lines) > 1
    assert all(len(part) <= WIDTH or '"' in part for part in lines)


@given(st.text(max_size=40))
def test_string_literals_read_back(text: str):
    assert eval(string_text(text)) == text
    assert string_text(text).isprintable()


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=40))
def test_string_literals_have_the_quotes_of_the_formatter(text: str):
    line = f"x = {string_text(text)}\n"
    assert formatted(line, 100) == line


@given(st.lists(st.text(max_size=30), max_size=20))
def test_identifiers_are_unique_and_legal(texts: list[str]):
    names = Identifiers()
    made = [names.make(text) for text in texts]
    assert len(set(made)) == len(made)
    for name in made:
        assert name.isidentifier()
        assert name.isascii()
        compile(f"{name} = 1", "name", "exec")


@given(st.text(max_size=200))
def test_comments_are_one_printable_line(text: str):
    comment = comment_text(text)
    assert comment.isprintable()
    assert len(comment) <= WIDTH - 4
    compile(f"# {comment}\n", "comment", "exec")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back(value: float):
    assert eval(number_text(value)) == value


def test_infinities_are_spelled():
    assert (number_text(float("inf")), number_text(float("-inf"))) == ("jnp.inf", "-jnp.inf")
