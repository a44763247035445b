"""Formulas at random: texts that parse, soups of tokens that mostly do not."""

from __future__ import annotations

from hypothesis import strategies as st

PLAIN = ("x", "z", "a", "b", "f", "g", "x.1", "_u", ".v", "größe", "身長", "T", "us", "offset1")
ODD = ("odd name", "a`b", "back\\slash", "TRUE", "1st", "a+b", "line\nend", "", " ")[:-2]

BLANKS = st.sampled_from(["", " ", "  ", "\t", "\u00a0"])
INNER_BLANKS = st.sampled_from(["", " ", "\n", " # a remark\n "])


def quoted(name: str) -> str:
    """Return a name in backticks."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


NAMES = st.sampled_from(PLAIN) | st.sampled_from(ODD).map(quoted)
NUMBERS = st.sampled_from(["0", "1", "2", "0.5", ".5", "5.", "1e-3", "1E5", "2L", "123456.7"])
TEXTS = st.sampled_from(['"text"', "'text'", '"a \\"b\\""', '"\\t\\u00e9"', "''"])
FUNCTIONS = st.sampled_from(["log", "np.log", "poly", "I", "f"])


@st.composite
def joined(draw, parts, operators, most=3):
    """Draw parts with operators between them, and blanks around those."""
    text = draw(parts)
    for _ in range(draw(st.integers(0, most - 1))):
        text += f"{draw(BLANKS)}{draw(st.sampled_from(operators))}{draw(BLANKS)}{draw(parts)}"
    return text


def _arithmetic(inner):
    argument = inner | st.tuples(st.sampled_from(["a", "degree"]), inner).map(" = ".join)
    call = st.tuples(FUNCTIONS, st.lists(argument, max_size=3).map(", ".join)).map(
        lambda pair: f"{pair[0]}({pair[1]})"
    )
    enclosed = st.tuples(INNER_BLANKS, inner, INNER_BLANKS).map("".join).map("({})".format)
    signed = st.tuples(st.sampled_from(["-", "+", "- -"]), inner).map("".join)
    powered = st.tuples(NAMES | enclosed | call, st.sampled_from(["2", "-1", "x", "(a + b)"])).map(
        "^".join
    )
    compared = joined(NAMES | NUMBERS | enclosed, ["<", ">=", "==", "!="], 2)
    chained = joined(NAMES | NUMBERS | enclosed | call, ["+", "-", "*", "/", "%%", "%/%", "**"])
    logical = joined(compared.map("({})".format) | NAMES, ["&", "|"])
    return call | enclosed | signed.map("({})".format) | powered | compared | chained | logical


ARITHMETIC = st.recursive(NAMES | NUMBERS | TEXTS | st.just("TRUE"), _arithmetic, max_leaves=6)
CALLS = st.tuples(FUNCTIONS, st.lists(ARITHMETIC, min_size=1, max_size=2).map(", ".join)).map(
    lambda pair: f"{pair[0]}({pair[1]})"
)


def _algebra(inner):
    enclosed = st.tuples(INNER_BLANKS, inner, INNER_BLANKS).map("".join).map("({})".format)
    powered = st.tuples(NAMES | enclosed, st.sampled_from(["^2", "**2", " ^ 3"])).map("".join)
    removed = st.tuples(st.just("-"), inner).map("".join).map("({})".format)
    operators = ["+", "-", "*", "/", ":", "%in%"]
    return joined(NAMES | enclosed | powered | removed | st.sampled_from("01"), operators)


ALGEBRA = st.recursive(NAMES | CALLS | st.sampled_from("01"), _algebra, max_leaves=6)


def _groups(inner):
    return joined(NAMES | inner.map("({})".format), ["/", ":", "*", "+", "%in%"], 3)


GROUPS = st.recursive(NAMES, _groups, max_leaves=4)


@st.composite
def bars(draw):
    """Draw group-level effects in one of their spellings."""
    effects, group = draw(ALGEBRA), draw(GROUPS)
    return draw(
        st.sampled_from(
            [
                f"({effects} | {group})",
                f"({effects}||{group})",
                f"({effects} | p | {group})",
                f"((({effects}|{group})))",
                f"cs({effects} | {group})",
                f"diag({effects} | {group})",
                f"ar1 ({effects} | q | {group})",
                f"us({effects}|{group})",
            ]
        )
    )


SUMMANDS = ALGEBRA | bars() | st.just("offset(log(n))")
RIGHT = joined(SUMMANDS, ["+"])
ADDITIONS = st.sampled_from(["", " | se(s)", " | weights(w) + trials(10)", "|trunc(lb = 0)"])
LEFT = st.sampled_from(["y", "log(y)", "y[yes]", 'y["a level"]', "`my y`", "y/n", "y == 1", "-y"])


@st.composite
def formulas(draw):
    """Draw the text of a whole formula."""
    parts = [f"{draw(LEFT)}{draw(ADDITIONS)} ~ {draw(RIGHT)}"]
    if draw(st.booleans()):
        parts.append(f"sigma ~ {draw(RIGHT)}")
    if draw(st.booleans()):
        parts.append("nu = 4.5")
    return draw(st.sampled_from([";", "\n", " ; \n", "\n\n"])).join(parts)


TOKENS = (
    *("y", "x", "T", ".", "~", "+", "-", "*", "/", "^", "**", ":", "%in%", "%%", "%/%", "|", "||"),
    *("&", "&&", "!", "=", "==", "<", "<-", ",", "(", ")", "[", "]", ";", "\n", " ", "0", "1"),
    *("2.5", "1e-3", '"a"', "'", '"', "`a b`", "`", "$", "@", "\\", "{", "}", "?", "%o%", "#"),
    *("log", "cs", "us", "lambda", "and", "offset", "::", "->", "–", "²", "é", "\x00", "(x | g)"),
    *("sigma ~", "nu =", "log(x)", "1e999", '"\\q"', "c(", "y ~ ", ").T", "\u202e"),
)
SOUPS = st.lists(st.sampled_from(TOKENS), max_size=25).map("".join) | st.lists(
    st.sampled_from(TOKENS), max_size=25
).map(" ".join)
