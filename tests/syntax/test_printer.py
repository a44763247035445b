"""From tree to text: R's spelling, parentheses where the tree needs them and nowhere else."""

from __future__ import annotations

import pytest

from formix.syntax.parse import parse
from formix.syntax.printer import to_text
from formix.syntax.tree import (
    Argument,
    Bar,
    Binary,
    Call,
    Dot,
    Name,
    Node,
    Number,
    Subscript,
    Sum,
    Text,
    Truth,
    Unary,
)

A, B, C = Name("a"), Name("b"), Name("c")
TWO = Number(2.0, "2")


def f(*values: Node) -> Call:
    return Call("f", tuple(Argument("", value) for value in values))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("y~x+(1|g)", "y ~ x + (1 | g)"),
        ("y~a*b:c/d%in%e", "y ~ a * b:c/d %in% e"),
        ("y~(a+b)**2-1", "y ~ (a + b)^2 - 1"),
        ("y~((a))+((1|g))", "y ~ a + (1 | g)"),
        ("y~(a||g)+diag(b|g)+us(c|g)+cs(d|p|g)", None),
        ("y~I(x%%2)+I(x%/%2)+I(x/2)+I(a*b)", "y ~ I(x%%2) + I(x%/%2) + I(x/2) + I(a * b)"),
        ("y~I(-x^2)+I(!a&b|c)+I(a>=1)", "y ~ I(-x^2) + I(!a & b | c) + I(a >= 1)"),
        ('y~f(a=1,"b\\"c",\'d\')', 'y ~ f(a = 1, "b\\"c", "d")'),
        ("y~I((x+1)*2)", "y ~ I((x + 1) * 2)"),
        ("y~f(100000,.5,5.,1e-5,2L,1e15)", "y ~ f(1e+05, 0.5, 5, 1e-05, 2, 1e+15)"),
        ("y~poly(x,2,raw=T)+f(x,True,FALSE)", "y ~ poly(x, 2, raw = T) + f(x, TRUE, FALSE)"),
        ("y[yes]|se(s)+weights(w)~x", "y[yes] | se(s) + weights(w) ~ x"),
        ("y['a b']~x", 'y["a b"] ~ x'),
        ("y~x;sigma~z\nnu=4", "y ~ x; sigma ~ z; nu = 4"),
        ("`my y`~`odd name`+x.1", "`my y` ~ `odd name` + x.1"),
    ],
)
def test_prints_as_r_does(text: str, printed: str | None) -> None:
    expected = printed or "y ~ (a || g) + diag(b | g) + (c | g) + cs(d | p | g)".replace(
        "(c |", "us(c |"
    )
    assert to_text(parse(text)) == expected
    assert to_text(parse(expected)) == expected


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (Binary("*", Sum((A, B), ("+",)), C), "(a + b) * c"),
        (Sum((A, Sum((B, C), ("-",))), ("-",)), "a - (b - c)"),
        (Sum((Sum((A, B), ("-",)), C), ("+",)), "(a - b) + c"),
        (Binary(":", A, Binary("*", B, C)), "a:(b * c)"),
        (Binary(":", A, Binary(":", B, C)), "a:(b:c)"),
        (Binary("/", Binary("/", A, B), C), "a/b/c"),
        (Binary("/", A, Binary("/", B, C)), "a/(b/c)"),
        (Binary("^", Binary("^", A, TWO), TWO), "(a^2)^2"),
        (Binary("^", A, Binary("^", TWO, TWO)), "a^2^2"),
        (Binary("^", Unary("-", A), TWO), "(-a)^2"),
        (Unary("-", Sum((A, B), ("+",))), "-(a + b)"),
        (Unary("-", Unary("-", A)), "--a"),
        (f(Binary("-", A, Binary("-", B, C))), "f(a - (b - c))"),
        (f(Binary("<", Binary("<", A, B), C)), "f((a < b) < c)"),
        (f(Unary("!", Binary("&", A, B))), "f(!(a & b))"),
        (f(Binary("&", Unary("!", A), B)), "f(!a & b)"),
        (f(Binary("+", Unary("!", A), B)), "f((!a) + b)"),
        (f(Binary("&", Binary("|", A, B), C)), "f((a | b) & c)"),
        (f(Binary("^", A, Unary("-", Binary("*", B, C)))), "f(a^-(b * c))"),
        (f(Name("T"), Name("T"), Truth(False)), "f(T, `T`, FALSE)"),
        (
            Call("f", (Argument("raw", Name("F")), Argument("a", Text("t")))),
            'f(raw = `F`, a = "t")',
        ),
        (Bar(A, B, covariance="diag"), "(a || b)"),
        (Bar(A, B, covariance="diag", id="p"), "diag(a | p | b)"),
        (Bar(A, B, covariance="ar1"), "ar1(a | b)"),
        (Subscript(A, "1"), 'a["1"]'),
        (Dot(), "."),
    ],
)
def test_parentheses_of_trees_made_by_hand(node: Node, text: str) -> None:
    assert to_text(node) == text
    outer = "y ~ " + (f"{text} ~ x" if isinstance(node, Subscript) else text)
    read = parse(outer.removeprefix("y ~ ") if isinstance(node, Subscript) else outer)
    assert to_text(read).removeprefix("y ~ ").removesuffix(" ~ x") == text
