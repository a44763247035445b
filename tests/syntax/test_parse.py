"""From text to tree: what is read as what, where formulas part, and what bounds there are."""

from __future__ import annotations

import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pytest
from lark import Lark

from formix.errors import ArgumentError, FormulaSyntaxError
from formix.resources import resource
from formix.syntax.parse import LONGEST, parse
from formix.syntax.tokens import DEEPEST, Passage
from formix.syntax.tree import (
    Argument,
    Assignment,
    Bar,
    Binary,
    Call,
    Dot,
    Equation,
    Formula,
    Name,
    Node,
    Number,
    Parenthesis,
    Subscript,
    Sum,
    Text,
    Truth,
    Unary,
)

X, Z, A, G, H = Name("x"), Name("z"), Name("a"), Name("g"), Name("h")
ONE, TWO = Number(1.0, "1"), Number(2.0, "2")


@pytest.mark.parametrize("name", ["formula.lark", "prior.lark"])
def test_grammars_are_strict(name: str) -> None:
    """No conflicts among rules, and no text that two tokens of one rank could be."""
    grammar = resource("grammar", name).read_text(encoding="utf-8")
    postlex = Passage() if name == "formula.lark" else None
    Lark(grammar, parser="lalr", lexer="basic", postlex=postlex, strict=True)


def right(text: str) -> Node:
    return parse(f"y ~ {text}").main.right


def inner(text: str) -> Node:
    (argument,) = call(f"f({text})").arguments
    return argument.value


def call(text: str) -> Call:
    node = right(text)
    assert isinstance(node, Call)
    return node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("x", X),
        ("`odd name`", Name("odd name")),
        (r"`a\`b\\c`", Name(r"a`b\c")),
        ("x.1", Name("x.1")),
        (".x", Name(".x")),
        ("_u", Name("_u")),
        ("身長", Name("身長")),
        ("ता", Name("ता")),
        ("TRUE", Name("TRUE")),
        (".", Dot()),
        ("1", ONE),
        ("-1 + x", Sum((Unary("-", ONE), X), ("+",))),
        ("x + z - a", Sum((X, Z, A), ("+", "-"))),
        ("x + z*a", Sum((X, Binary("*", Z, A)), ("+",))),
        ("x*z/a", Binary("/", Binary("*", X, Z), A)),
        ("x*z %in% a", Binary("*", X, Binary("%in%", Z, A))),
        ("x:z %in% a", Binary("%in%", Binary(":", X, Z), A)),
        ("-x:z", Binary(":", Unary("-", X), Z)),
        ("x:z^2", Binary(":", X, Binary("^", Z, TWO))),
        ("x**2", Binary("^", X, TWO)),
        ("x^z^2", Binary("^", X, Binary("^", Z, TWO))),
        ("(x)", X),
        ("((x + z))", Parenthesis(Sum((X, Z), ("+",)))),
        ("(x + z):a", Binary(":", Parenthesis(Sum((X, Z), ("+",))), A)),
        ("(x | g)", Bar(X, G)),
        ("((x | g))", Bar(X, G)),
        ("(x || g)", Bar(X, G, covariance="diag")),
        ("diag(x | g)", Bar(X, G, covariance="diag")),
        ("us(x | g)", Bar(X, G)),
        ("cs(x | g)", Bar(X, G, covariance="cs")),
        ("ar1 (x | p | g)", Bar(X, G, covariance="ar1", id="p")),
        ("(1 | p | g/h)", Bar(ONE, Binary("/", G, H), id="p")),
        ("(1 | g:h*a)", Bar(ONE, Binary("*", Binary(":", G, H), A))),
        ("(1 | g + h)", Bar(ONE, Sum((G, H), ("+",)))),
        ("(1 | (g:a)/h)", Bar(ONE, Binary("/", Parenthesis(Binary(":", G, A)), H))),
        ("us", Name("us")),
        ("np.log(x)", Call("np.log", (Argument("", X),))),
        ("f()", Call("f", ())),
    ],
)
def test_algebra(text: str, node: Node) -> None:
    assert right(text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("1e-3", Number(0.001, "1e-3")),
        ("2L", TWO),
        (".5", Number(0.5, ".5")),
        ("-x^2", Unary("-", Binary("^", X, TWO))),
        ("x^-2", Binary("^", X, Unary("-", TWO))),
        ("x^z^2", Binary("^", X, Binary("^", Z, TWO))),
        ("-x %% z", Binary("%%", Unary("-", X), Z)),
        ("x*z %/% a", Binary("*", X, Binary("%/%", Z, A))),
        ("x - z - a", Binary("-", Binary("-", X, Z), A)),
        ("x + z > a", Binary(">", Binary("+", X, Z), A)),
        ("!x == z", Unary("!", Binary("==", X, Z))),
        ("x | z & a", Binary("|", X, Binary("&", Z, A))),
        ("(x)", Parenthesis(X)),
        ('"text"', Text("text")),
        ("'a \"b\"'", Text('a "b"')),
        (r'"\t\u00e9\x41\101"', Text("\té" + "AA")),
        ("TRUE", Truth(True)),
        ("False", Truth(False)),
        ("T", Name("T")),
        ("T - 20", Binary("-", Name("T"), Number(20.0, "20"))),
        ("`TRUE`", Name("TRUE")),
    ],
)
def test_arithmetic(text: str, node: Node) -> None:
    assert inner(text) == node


def test_arguments() -> None:
    assert call("f(x, T, F = 2, raw = F, c(1, 2), a = `T`)").arguments == (
        Argument("", X),
        Argument("", Truth(True)),
        Argument("F", TWO),
        Argument("raw", Truth(False)),
        Argument("", Call("c", (Argument("", ONE), Argument("", TWO)))),
        Argument("a", Name("T")),
    )


def test_short_truth_values_remember_their_spelling() -> None:
    _, short, long = call("f(x, T, TRUE)").arguments
    assert isinstance(short.value, Truth)
    assert isinstance(long.value, Truth)
    assert (short.value.text, long.value.text) == ("T", "")
    assert short.value == long.value


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("log(y)", Call("log", (Argument("", Name("y")),))),
        ("y/n + 1", Binary("+", Binary("/", Name("y"), Name("n")), ONE)),
        ("y[yes]", Subscript(Name("y"), "yes")),
        ('y["a level"]', Subscript(Name("y"), "a level")),
        ("y[`odd`]", Subscript(Name("y"), "odd")),
        ("y[2]", Subscript(Name("y"), "2")),
        ("factor(y)[b]", Subscript(Call("factor", (Argument("", Name("y")),)), "b")),
        ("(y | z)", Parenthesis(Binary("|", Name("y"), Z))),
    ],
)
def test_response(text: str, node: Node) -> None:
    assert parse(f"{text} ~ x").main.left == node


def test_additions() -> None:
    main = parse('y | weights(w, kind = "likelihood") + trials(10) ~ x').main
    assert [addition.function for addition in main.additions] == ["weights", "trials"]
    assert main.left == Name("y")


def test_further_formulas() -> None:
    formula = parse("y ~ x; sigma ~ z + (1 | g)\nnu = 4; alpha = -1e-3")
    _, sigma, nu, alpha = formula.statements
    assert isinstance(sigma, Equation)
    assert sigma.left == Name("sigma")
    assert nu == Assignment(Name("nu"), 4.0)
    assert alpha == Assignment(Name("alpha"), -0.001)


@pytest.mark.parametrize(
    "text",
    [
        "y ~ x;sigma ~ z",
        "y ~ x\nsigma ~ z",
        "\n\n y ~ x \r\n\r\n sigma ~ z \n;",
        "y ~ x;\n;sigma ~ z;",
        "y ~\nx\nsigma ~\nz",
        "y\n~ x # the mean; of it\nsigma ~ z # ~ ~ ~",
        ["y ~ x", "sigma ~ z"],
        ("y ~ x;", "", "sigma ~ z\n"),
    ],
)
def test_where_formulas_part(text: str | list[str]) -> None:
    assert parse(text) == parse("y ~ x; sigma ~ z")


@pytest.mark.parametrize(
    "text",
    ["y ~ x +\nz", "y ~ x\n+ z", "y ~ (x\n+\nz)", "y ~\n\n\n(\nx + z)", "(y) ~ x\n\n  + z"],
)
def test_where_lines_go_on(text: str) -> None:
    right_side = parse(text).main.right
    inside = right_side.inner if isinstance(right_side, Parenthesis) else right_side
    assert inside == Sum((X, Z), ("+",))
    assert parse(text).others == ()


@pytest.mark.parametrize("given", [None, 5, b"y ~ x", ["y ~ x", 5], {"y": "x"}, iter("y")])
def test_what_is_no_text_is_refused(given: object) -> None:
    with pytest.raises(ArgumentError, match="a formula is a text, or a list of texts"):
        parse(given)  # type: ignore[arg-type]


def test_texts_of_a_list_do_not_run_together() -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse(["y ~ x +", "sigma ~ z"])
    assert caught.value.message == "the formula ends too early"
    assert caught.value.text == "y ~ x +\nsigma ~ z"


def test_spans_of_a_list_slice_the_whole() -> None:
    formula = parse(["y ~ x", "sigma ~ log(zz)"])
    (sigma,) = formula.others
    assert isinstance(sigma, Equation)
    assert sigma.right.span.of(formula.text) == "log(zz)"
    assert sigma.span.of(formula.text) == "sigma ~ log(zz)"


def test_a_formula_may_be_long_but_not_longer() -> None:
    text = "y ~ x" + " " * (LONGEST - 5)
    assert parse(text) == parse("y ~ x")
    with pytest.raises(FormulaSyntaxError, match=f"at most {LONGEST} characters"):
        parse(text + " ")


def test_a_sum_may_be_wide() -> None:
    text = "y ~ " + " + ".join(f"x{number}" for number in range(1200))
    formula = parse(text)
    assert isinstance(formula.main.right, Sum)
    assert len(formula.main.right.operands) == 1200
    assert deepcopy(formula) == formula
    assert pickle.loads(pickle.dumps(formula)) == formula
    assert hash(formula) == hash(parse(text))
    assert repr(formula)


def test_brackets_may_be_deep_but_not_deeper() -> None:
    text = "y ~ " + "(" * DEEPEST + "x" + ")" * DEEPEST
    assert parse(text) == parse("y ~ x")
    with pytest.raises(FormulaSyntaxError, match="nested too deep"):
        parse(text.replace("x", "(x)"))


@pytest.mark.parametrize(
    "text",
    [
        "y ~ " + "(" * 9000,
        "y ~ " + "-" * 9000 + "x",
        "y ~ x" + ":x" * 4000,
        "y ~ x" + "^2" * 4000,
        "y ~ f(x" + " + x" * 2000 + ")",
        "y ~ " + "f(" * 3000 + "x" + ")" * 3000,
        "y ~ f(" + "!" * 9000 + "x)",
        "y" + " + y" * 2000 + " ~ x",
        "y | se(" + "-" * 5000 + "x) ~ x",
        "y ~ (1 | g" + "/g" * 4000 + ")",
        "-" * 9000 + "y ~ x",
    ],
)
def test_depth_never_exhausts_the_stack(text: str) -> None:
    with pytest.raises(FormulaSyntaxError, match="nested too deep") as caught:
        parse(text)
    assert caught.value.span is not None
    assert caught.value.span.stop <= len(text)


def test_long_and_deep_texts_are_read_at_once() -> None:
    began = time.thread_time()
    with pytest.raises(FormulaSyntaxError):
        parse("(" * LONGEST)
    parse("y ~ " + " + ".join(["x"] * 2000))
    assert time.thread_time() - began < 1.0


def test_threads_may_share_the_parser() -> None:
    texts = [f"y ~ x{number} + (z | g{number})" for number in range(50)]
    broken = [f"y ~ x{number} z" for number in range(50)]

    def read(text: str) -> Formula | str:
        try:
            return parse(text)
        except FormulaSyntaxError as error:
            return str(error)

    alone = [read(text) for text in texts + broken]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, texts + broken)) == alone
