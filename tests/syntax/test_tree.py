"""The nouns: equality without spans, and walking."""

from __future__ import annotations

from formix.errors import Span
from formix.syntax.parse import parse
from formix.syntax.tree import Bar, Binary, Name, Number, children, walk


def test_spans_take_no_part_in_equality() -> None:
    assert Name("x", span=Span(0, 1)) == Name("x", span=Span(5, 6))
    assert hash(Name("x", span=Span(0, 1))) == hash(Name("x"))
    assert parse("y~x+(1|g)") == parse("y ~ x + (1 | g)")
    assert parse("y ~ x") != parse("y ~ z")


def test_spelling_takes_no_part_in_equality() -> None:
    assert Number(0.5, ".5") == Number(0.5, "0.5")
    assert Bar(Name("x"), Name("g"), "diag", written="||") == Bar(Name("x"), Name("g"), "diag")


def test_walk_goes_from_left_to_right() -> None:
    tree = parse('y ~ a*(b + log(c, -d)) - (e | g:h) + f("t", TRUE, .5)').main.right
    names = [node.name for node in walk(tree) if isinstance(node, Name)]
    assert names == ["a", "b", "c", "d", "e", "g", "h"]
    assert next(iter(walk(tree))) is tree


def test_children() -> None:
    left, right = Name("a"), Name("b")
    assert children(Binary("*", left, right)) == (left, right)
    assert children(left) == ()
    main = parse("y[yes] ~ x").main
    assert children(main.left) == (Name("y"),)
