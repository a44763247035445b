"""Every formula of the conformance corpus makes a design, or is refused by an error of ours."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from r_results import design_of

from formix.errors import FormixError
from formix.resources import resource
from formix.syntax.parse import parse
from formix.syntax.tree import Equation, Name, walk
from formix.terms.expand import expand

CORPUS = tomllib.loads(resource("grammar", "accepted.toml").read_text(encoding="utf-8"))["formula"]
ROWS = 60


def anything(text, columns):
    """Data in which a formula could be meant: groups are text, the rest positive numbers."""
    generator = np.random.default_rng(len(text))
    formula = parse(text)
    nodes = [
        node
        for one in formula.statements
        if isinstance(one, Equation)
        for side in (one.left, *one.additions, one.right)
        for node in walk(side)
    ]
    names = dict.fromkeys([*(columns or ()), *(n.name for n in nodes if isinstance(n, Name))])
    groups = {
        node.name
        for part in expand(formula, names).predictors
        for group in part.groups
        for factor in group.factors
        for node in walk(factor.node)
        if isinstance(node, Name)
    }
    counts = ("cens(", "cbind(", "prop(", "trials(", "[", "levels =")
    whole = any(word in text for word in counts)
    parts = 0.0 if whole else generator.uniform(size=ROWS).round(1)
    data = {
        name: generator.choice([*"abc"], ROWS)
        if name in groups
        else generator.integers(1, 4, ROWS) + parts
        for name in names
    }
    return data | {name: 9.0 + np.arange(ROWS) % 3 for name in ("n", "size") if name in data}


def first(*values, **named):
    """A function of the user's that takes anything."""
    return next((value for value in values if isinstance(value, np.ndarray)), np.zeros(ROWS))


MINE = {"f": first, "g": first, "bump": first}


# What the made-up numbers are not: labels of levels, states of censoring, factors in order, and
# levels of one group that lie within those of another; and no matrix is given.
REFUSED = {
    "y | cens(c) ~ x": "must be left, none, right or interval",
    "y | cens(c, y2) ~ x": "must be left, none, right or interval",
    "y[yes] ~ x": '"yes" is not a level of `y`',
    'y["a level"] ~ x': '"a level" is not a level of `y`',
    "y[`b`] ~ x": '"b" is not a level of `y`',
    "Reaction ~ Days + ar1(0 + Dayf | Subject)": "`Dayf` is none",
    "y ~ ar1(0 + t | g)": "`t` is none",
    "y ~ x + (x | gr(g, cov = A))": "`A` is the matrix of no relations that are given",
    "y ~ (1 | gr(g, by = f)) + (0 + x | gr(g, by = f))": "occurs with two levels of `f`",
}


@pytest.mark.parametrize("entry", CORPUS, ids=lambda entry: entry["text"])
def test_a_formula_of_the_corpus(entry):
    text = entry["text"]
    data = anything(text, entry.get("columns"))
    if text in REFUSED:
        with pytest.raises(FormixError) as caught:
            design_of(text, data, functions=MINE)
        assert REFUSED[text] in caught.value.message
        return
    design = design_of(text, data, functions=MINE)
    for matrix in design.predictors:
        assert np.isfinite(matrix.X).all()
        assert matrix.X.shape == (ROWS, len(matrix.columns))
        assert len({column.label for column in matrix.columns}) == len(matrix.columns)
    for block in design.blocks:
        assert np.isfinite(block.Z).all()
        assert block.index.min() >= 0
        assert len(set(block.labels)) == len(block.labels)
