"""The hierarchy of data sets whose design is known, as text and as a picture's text."""

import group_shapes
import pytest

import formix as fx
from formix.diagrams.hierarchy import Hierarchy, hierarchy_of


def hierarchy(formula: str, data: object) -> Hierarchy:
    return hierarchy_of(fx.Model(formula, data).spec)


def test_one_group():
    found = hierarchy("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    assert str(found) == "Reaction: 180 rows\n└─ Subject: 18 levels, 10 rows each"
    assert found.constant == (("Days", ()),)


def test_crossed():
    found = hierarchy("diameter ~ 1 + (1 | plate) + (1 | sample)", fx.load("Penicillin"))
    assert str(found) == (
        "diameter: 144 rows\n"
        "├─ plate: 24 levels, 6 rows each\n"
        "└─ sample: 6 levels, 24 rows each\n"
        "plate and sample: fully crossed, 144 pairs of levels, 1 row each"
    )


def test_nested_by_the_formula_and_by_the_data_alike():
    pastes = fx.load("Pastes")
    formulas = {
        "strength ~ 1 + (1 | batch / cask)": "batch:cask",
        "strength ~ 1 + (1 | batch) + (1 | sample)": "sample",
        "strength ~ 1 + (1 | sample) + (1 | batch)": "sample",
    }
    for formula, inner in formulas.items():
        found = hierarchy(formula, pastes)
        assert str(found) == (
            "strength: 60 rows\n"
            "└─ batch: 10 levels, 6 rows each\n"
            f"   └─ {inner}: 30 levels, 2 rows each, 3 in each level of batch"
        )
        assert len(found.edges) == 2


def test_partly_crossed_and_columns_of_a_group():
    found = hierarchy("y ~ service + studage + (1 | s) + (1 | d) + (1 | dept)", fx.load("InstEval"))
    # 2,972 students of whom each rated some of 1,128 lecturers, once each; 14 departments.
    assert str(found) == (
        "y: 73,421 rows\n"
        "├─ s: 2,972 levels, 1 to 92 rows each\n"
        "└─ dept: 14 levels, 2,520 to 9,528 rows each\n"
        "   └─ d: 1,128 levels, 10 to 792 rows each, 44 to 144 in each level of dept\n"
        "s and d: partly crossed, 73,421 (2.2 % of 3,352,416 pairs of levels), 1 row each\n"
        "s and dept: partly crossed, 16,246 (39 % of 41,608 pairs of levels), 1 to 57 rows each\n"
        "studage: one value in each level of s"
    )


def test_a_group_within_two_that_are_crossed():
    found = hierarchy("y ~ (1 | k) + (1 | c) + (1 | k:c)", group_shapes.data())
    assert str(found) == (
        "y: 60 rows\n"
        "├─ k: 4 levels, 15 rows each\n"
        "│  └─ k:c: 12 levels, 5 rows each, 3 in each level of k (and within c)\n"
        "└─ c: 3 levels, 20 rows each\n"
        "k and c: fully crossed, 12 pairs of levels, 5 rows each"
    )
    assert found.dot.splitlines()[4:] == [
        '  g0 [label="k\\n4 levels\\n15 rows each", shape=box, style=rounded];',
        '  g1 [label="c\\n3 levels\\n20 rows each", shape=box, style=rounded];',
        '  g2 [label="k:c\\n12 levels\\n5 rows each", shape=box, style=rounded];',
        '  rows [label="y: 60 rows", shape=box, style=filled, fillcolor="#d6e4f0"];',
        '  g0 -> g2 [label="3 each"];',
        '  g1 -> g2 [label="4 each"];',
        "  g2 -> rows;",
        '  g0 -> g1 [label="crossed", dir=none, style=dashed, constraint=false];',
        "}",
    ]


def test_three_floors_with_a_column_of_the_middle_one():
    data = group_shapes.data()
    data["top"] = (data["k"] > 2).map({True: "u", False: "v"})
    data["of_k"] = data["k"] ** 2.0
    found = hierarchy("y ~ x + of_k + (1 | top / k / c)", data)
    assert str(found) == (
        "y: 60 rows\n"
        "└─ top: 2 levels, 30 rows each\n"
        "   └─ top:k: 4 levels, 15 rows each, 2 in each level of top\n"
        "      └─ top:k:c: 12 levels, 5 rows each, 3 in each level of top:k\n"
        "of_k: one value in each level of top:k"
    )
    assert found.constant == (("x", ()), ("of_k", ("top:k",)))


def test_groups_that_are_the_same_stand_in_one_place():
    data = group_shapes.data()
    data["again"] = data["g"].str.upper()
    found = hierarchy("y ~ (1 | g) + (x | again)", data)
    assert str(found) == "y: 60 rows\n└─ g = again: 6 levels, 10 rows each"
    assert [pair.how for pair in found.pairs] == ["same"]
    assert len(found.nodes) == 2


def test_parts_that_do_not_meet_are_said():
    data = group_shapes.data()
    data["a"], data["b"] = data["k"] * 10 + data.index % 2, data["k"] * 10 + data.index // 2 % 3
    found = str(hierarchy("y ~ (1 | a) + (1 | b)", data))
    assert (
        "a and b: partly crossed, 24 (25 % of 96 pairs of levels) in 4 parts that do not" in found
    )


@pytest.mark.parametrize("formula", ["y ~ x", "y ~ 1"])
def test_no_groups(formula: str):
    found = hierarchy(formula, group_shapes.data())
    assert (str(found), found.groups, found.pairs) == ("y: 60 rows", (), ())
