"""Group-level effects: Z, index and levels, and the rows of the model matrix they make."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from r_results import design_of

from formix.errors import FormulaError
from formix.kinds import KINDS, common, group, offset
from formix.syntax.parse import parse
from formix.terms.expand import expand


def data(n=60, seed=5):
    generator = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "y": generator.normal(size=n),
            "x": generator.normal(size=n),
            "f": generator.choice(["lo", "mid", "hi"], n),
            "g": generator.integers(0, 6, n),
            "h": generator.choice(["p", "q", "r"], n),
            "l": generator.random(n) > 0.5,
            "t": generator.choice([0.5, 1.0, 2.25], n),
        }
    )


def test_every_kind_claims_its_terms_only():
    terms = expand(parse("y ~ x + (1 | g) + offset(z)")).predictors[0]
    each = {common: terms.common, offset: terms.offsets[0], group: terms.groups[0]}
    assert set(KINDS) == set(each)
    for kind in KINDS:
        assert [kind.claims(term) for term in each.values()] == [kind is own for own in each]


@pytest.mark.parametrize(
    ("bar", "name", "columns"),
    [
        ("(1 | g)", "g", ("Intercept",)),
        ("(x | g)", "g", ("Intercept", "x")),
        ("(0 + x | g)", "g", ("x",)),
        ("(f | g)", "g", ("Intercept", "f[lo]", "f[mid]")),
        ("(0 + f | g)", "g", ("f[hi]", "f[lo]", "f[mid]")),
        ("(f:x | g)", "g", ("Intercept", "f[hi]:x", "f[lo]:x", "f[mid]:x")),
        ("(l | g:h)", "g:h", ("Intercept", "l[True]")),
        ("(scale(x) | h)", "h", ("Intercept", "scale(x)")),
    ],
)
def test_columns(bar, name, columns):
    (block,) = design_of(f"y ~ x + {bar}", data()).blocks
    assert (block.kind, block.group, block.columns) == ("group", name, columns)
    assert block.Z.shape == (60, len(columns))
    assert block.index.dtype == np.int32
    assert all(effect.predictor == "mu" for effect in block.effects)


def test_columns_of_z_are_never_left_out():
    table = data().assign(twice=lambda d: 2 * d["x"])
    (block,) = design_of("y ~ 1 + (x + twice | g)", table).blocks
    assert block.columns == ("Intercept", "x", "twice")
    (cells,) = design_of("y ~ 1 + (f:h | g)", table).blocks
    assert len(cells.columns) == 10


def test_nested_groups_are_named_outer_first():
    blocks = design_of("y ~ (1 | h/g) + (0 + x | g:h)", data()).blocks
    assert [block.group for block in blocks] == ["h", "h:g", "h:g"]
    assert blocks[1].levels == blocks[2].levels
    assert all(label.split(":")[0] in "pqr" for label in blocks[1].levels)


def test_labels_of_levels():
    table = data()
    assert design_of("y ~ (1 | g)", table).blocks[0].levels == (0, 1, 2, 3, 4, 5)
    assert design_of("y ~ (1 | g)", table.astype({"g": float})).blocks[0].levels == (
        0,
        1,
        2,
        3,
        4,
        5,
    )
    assert design_of("y ~ (1 | l)", table).blocks[0].levels == ("False", "True")
    assert design_of("y ~ (1 | t)", table).blocks[0].levels == (0.5, 1, 2.25)
    assert design_of("y ~ (1 | t:l)", table).blocks[0].levels[:2] == ("0.5:False", "0.5:True")
    unused = pd.Categorical(table["h"], ["r", "unused", "q", "p"])
    assert design_of("y ~ (1 | h)", table.assign(h=unused)).blocks[0].levels == ("r", "q", "p")


@pytest.mark.parametrize("bar", ["(x * f | g)", "(0 + f | g:h)", "(x || h)", "(1 | g/h)"])
def test_gathered_z_is_wide_z(bar):
    """`sum(Z * r[index])` is the wide, sparse matrix of lme4 times the effects, level by level."""
    generator = np.random.default_rng(1)
    for block in design_of(f"y ~ {bar}", data()).blocks:
        levels, effects = len(block.levels), len(block.columns)
        wide = np.zeros((60, levels * effects))
        for row in range(60):
            start = block.index[row] * effects
            wide[row, start : start + effects] = block.Z[row]
        r = generator.normal(size=(levels, effects))
        gathered = np.sum(block.Z * r[block.index], axis=1)
        np.testing.assert_allclose(gathered, wide @ r.ravel(), atol=1e-12)
        assert (np.bincount(block.index, minlength=levels) > 0).all()


def test_a_factor_of_one_level_varies_by_no_group():
    with pytest.raises(FormulaError, match='`f` has one level only, "a"') as caught:
        design_of("y ~ 1 + (f | g)", data().assign(f="a"))
    assert caught.value.span.of(caught.value.text) == "f"


def test_no_dense_indicator_is_made():
    """10,000 levels by 20,000 rows would take 1.6 GB; what is made stays near its own size."""
    n = 20_000
    rows = np.arange(n)
    table = {"y": rows * 1.0, "x": np.sin(rows), "g": rows // 2, "h": rows % 7}
    tracemalloc.start()
    design = design_of("y ~ x + (x | g) + (1 | g:h)", table)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [len(block.levels) for block in design.blocks] == [n // 2, n]
    assert peak < 40e6
