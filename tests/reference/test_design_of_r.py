"""X and Z equal R's, column for column: R 4.2.2, lme4 1.1-31."""

from __future__ import annotations

import numpy as np
import pytest
from r_results import dataset, design_of, results, toy

from formix.errors import FormulaError

TOLERANCE = 1e-9
ROUNDED = 1.2e-8
"""What is left where a file holds eight digits after the point; tests/design has them all."""

FIXED = results("semantics/fixed")
RANDOM = results("semantics/random")
FITS = results("fits")


@pytest.mark.parametrize("entry", FIXED, ids=lambda e: f"{e['formula']} {e['contrasts']}")
def test_x_is_model_matrix(entry):
    data = toy("toy_fixed")
    contrasts = {}
    if entry["contrasts"] != "treatment":
        factors = [name for name in ("a", "b", "c") if name in entry["formula"].split("~")[1]]
        contrasts = dict.fromkeys(factors, entry["contrasts"])
    design = design_of(entry["formula"], data, contrasts=contrasts)
    matrix = design["mu"]
    names = entry["columns"] or []
    dropped = {column.r for column in matrix.dropped}
    assert len(matrix.columns) == entry["rank"]
    assert len(names) == len(matrix.columns) + len(matrix.dropped)
    assert [column.r for column in matrix.columns] == [n for n in names if n not in dropped]
    X = np.array(entry["X"], dtype=float).reshape(len(data), len(names))
    kept = [i for i, name in enumerate(names) if name not in dropped]
    np.testing.assert_allclose(matrix.X, X[:, kept], rtol=0, atol=TOLERANCE)


REFUSED = {
    "y~x+(1|g)+(1|g)": "the same effect twice",
    "y~x+(0|g)": "no effect",
    "y~x+1|g": "the bar stands outside parentheses",
    "y~x+(1|g:b)+(1|b:g)": "the same effect twice",
    "y~x+(1|factor(num))": "the group is a call",
    "y~x+(1|interaction(g,g2))": "the group is a call",
}
"""What formix refuses, though lme4 takes the first four."""

DIAGONAL = {
    "y~f+(f+x||g)",
    "y~f+(f*x||g)",
    "y~f+(0+f||g)",
    "y~x+(o||g)",
    "y~x+(lgl||g)",
}
"""`||` with a factor: one sd a column of `model.matrix`, not lme4's split by term."""

ADDED = {
    "y~x+(1|g*g2)": ["g", "g2", "g:g2"],
    "y~x+(1|(g:a)/b)": ["g:a", "g:a:b"],
}
"""What lme4 1.1-31 refuses and later versions expand."""


def _blocks(design):
    """The columns of each bar by group and R's name, with each row's level as a label."""
    found = {}
    for block in design.blocks:
        levels = np.array(block.levels, dtype=object)[block.index]
        for effect, column in zip(block.effects, block.Z.T, strict=True):
            factors = frozenset(block.factors)
            found[factors, effect.column.r] = (block, list(map(str, levels)), column)
    return found


@pytest.mark.parametrize("entry", RANDOM, ids=lambda e: e["formula"])
def test_z_is_lme4s(entry):
    data = toy("toy_random")
    formula = entry["formula"]
    if formula in REFUSED:
        with pytest.raises(FormulaError):
            design_of(formula, data)
        return
    design = design_of(formula, data)
    if formula in ADDED:
        assert sorted(block.group for block in design.blocks) == sorted(ADDED[formula])
        return
    assert [column.r for column in design["mu"].columns] == entry["X_columns"]
    ours = _blocks(design)
    theirs = {
        (frozenset(term["group"].split(":")), name): (term, j)
        for term in entry["terms"]
        for j, name in enumerate(term["columns"])
    }
    if formula in DIAGONAL:
        inner = formula.split("(")[-1].split("||")[0]
        same = design_of(f"y ~ {inner}", data)["mu"]
        assert {name for _, name in ours} == {column.r for column in same.columns}
        assert {block.covariance for block in design.blocks} == {"diag"}
        assert any("lme4" in note for note in design.notes)
        return
    assert ours.keys() == theirs.keys()
    for key, (term, j) in theirs.items():
        block, levels, column = ours[key]
        named = [_reordered(_plain(level), term["group"], block) for level in term["levels"]]
        assert set(named) == set(map(str, block.levels))
        assert levels == [named[i] for i in term["level_index"]]
        head = [row[j] for row in term["raw_design_head"]]
        np.testing.assert_allclose(column[: len(head)], head, rtol=0, atol=ROUNDED)


def _plain(level):
    """R writes truth values in capitals."""
    return {"TRUE": "True", "FALSE": "False"}.get(level, level)


@pytest.mark.parametrize("entry", RANDOM, ids=lambda e: e["formula"])
def test_levels_of_one_factor_stand_in_lme4s_order(entry):
    if entry["formula"] in REFUSED or entry["formula"] in ADDED:
        return
    design = design_of(entry["formula"], toy("toy_random"))
    theirs = {term["group"]: [_plain(level) for level in term["levels"]] for term in entry["terms"]}
    for block in design.blocks:
        if block.group in theirs:
            assert list(map(str, block.levels)) == theirs[block.group]


def _formula(entry):
    """The fit's formula, with its weights as an addition."""
    if not entry["weights"]:
        return entry["formula"]
    left, right = entry["formula"].split("~", 1)
    return f"{left} | weights({entry['weights']}) ~ {right}"


@pytest.mark.parametrize("entry", FITS, ids=lambda e: e["id"])
def test_design_of_a_fit(entry):
    data = dataset(entry["dataset"])
    design = design_of(_formula(entry), data, contrasts=entry["contrasts"] or {})
    matrix = design["mu"]
    assert len(design.rows) == entry["n"]
    assert [column.r for column in matrix.columns] == entry["X"]["columns"]
    assert [column.r for column in matrix.dropped] == (entry["X"].get("dropped") or [])
    head = np.array(entry["X"]["head"], dtype=float)
    np.testing.assert_allclose(matrix.X[: len(head)], head, rtol=0, atol=ROUNDED)
    diagonal = "||" in entry["formula"]
    for group, found in entry["ranef"].items():
        factors = set(group.replace(" ", "").split(":"))
        blocks = [block for block in design.blocks if set(block.factors) == factors]
        columns = [effect.column.r for block in blocks for effect in block.effects]
        if not (diagonal and "Phase" in entry["formula"]):
            assert columns == found["columns"]
        assert blocks[0].group in (group, ":".join(reversed(group.split(":"))))
        ours = list(map(str, blocks[0].levels))
        if len(factors) == 1:
            assert ours == found["levels"]
        else:
            assert set(ours) == {_reordered(v, group, blocks[0]) for v in found["levels"]}


def _reordered(level, group, block):
    """The label of a combination of levels in the order of the block's factors."""
    parts = dict(zip(group.split(":"), level.split(":"), strict=True))
    return ":".join(parts[factor] for factor in block.factors)
