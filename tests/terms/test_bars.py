"""Calls that look like group-level effects."""

from __future__ import annotations

import pytest

from formix.formulas import parse
from formix.syntax.tree import Call
from formix.terms.bars import looks_like_bar


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("toep(x | g)", True),
        ("x (1 | g)", True),
        ("x(0 + z | g)", True),
        ("x((1 + z) | g)", True),
        ("x(-1 + z | g)", True),
        ("I(a | b)", False),
        ("I(a == 1 | b)", False),
        ("I(x > 0 & z < 1 | w)", False),
        ("f(1 | g, a)", False),
        ("f(a, b)", False),
        ("f()", False),
    ],
)
def test_calls_that_look_like_bars(text: str, expected: bool) -> None:
    call = parse(f"y ~ {text}").main.right
    assert isinstance(call, Call)
    assert looks_like_bar(call) is expected
