"""Terms equal R's, and group terms lme4's, label by label."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from formix.formulas import expand

HERE = Path(__file__).parent
R = json.loads((HERE / "terms.json").read_text(encoding="utf-8"))
LME4 = json.loads((HERE / "bars.json").read_text(encoding="utf-8"))["formulas"]

REFUSED = {"y~x+(1|g)+(1|g)", "y~x+(0|g)", "y~x+1|g", "y~x+(1|g:b)+(1|b:g)"}
"""What lme4 takes and cannot fit, or reads otherwise than it looks."""

NEWER = {"y~x+(1|g*g2)", "y~x+(1|(g:a)/b)"}
"""What lme4 1.1-31 misreads and 1.1-36 reads as formix does."""

CALLS = {"y~x+(1|factor(num))", "y~x+(1|interaction(g,g2))"}


@pytest.mark.parametrize("case", R["written"] + R["random"], ids=lambda case: case["formula"])
def test_labels(case: dict[str, Any]) -> None:
    common = expand(case["formula"])["mu"].common
    assert [term.text for term in common.terms] == case["terms"]
    assert common.intercept == bool(case["intercept"])


def test_the_table_is_large() -> None:
    assert len(R["written"]) == 103
    assert len(R["random"]) == 400


Read = tuple[frozenset[str], bool, tuple[str, ...]]


def _lme4(case: dict[str, Any], split: bool) -> Counter[Read]:
    """Return lme4's bars: the group's factors, whether there is an intercept, the terms."""
    found: Counter[Read] = Counter()
    for bar in case["bars"]:
        factors = frozenset(
            bar["group"].replace(" ", "").replace("(", "").replace(")", "").split(":")
        )
        if split:
            # lme4 makes a bar of each term of a `||`; compared term by term.
            found.update([(factors, True, ())] * bar["intercept"])
            found.update((factors, False, (term,)) for term in bar["terms"])
        else:
            found[factors, bool(bar["intercept"]), tuple(bar["terms"])] += 1
    return found


def _ours(formula: str, split: bool) -> Counter[Read]:
    found: Counter[Read] = Counter()
    for group in expand(formula)["mu"].groups:
        terms = tuple(term.text for term in group.effects.terms)
        if split:
            found.update([(group.key, True, ())] * group.effects.intercept)
            found.update((group.key, False, (term,)) for term in terms)
        else:
            found[group.key, group.effects.intercept, terms] += 1
    return found


READ = [case for case in LME4 if case["formula"] not in REFUSED | NEWER | CALLS]


@pytest.mark.parametrize("case", READ, ids=lambda case: case["formula"])
def test_bars(case: dict[str, Any]) -> None:
    formula = case["formula"]
    common = expand(formula)["mu"].common
    assert [term.text for term in common.terms] == case["terms"]
    assert common.intercept == bool(case["intercept"])
    split = "||" in formula
    assert _ours(formula, split) == _lme4(case, split)


def test_few_formulas_are_left_out() -> None:
    assert len(READ) == len(LME4) - len(REFUSED | NEWER | CALLS)
    assert len(READ) > 100


@pytest.mark.parametrize(
    ("formula", "groups"),
    [
        ("y~x+(1|g*g2)", ["(1 | g)", "(1 | g2)", "(1 | g:g2)"]),
        ("y~x+(1|(g:a)/b)", ["(1 | g:a)", "(1 | g:a:b)"]),
    ],
)
def test_groups_that_newer_lme4_reads(formula: str, groups: list[str]) -> None:
    assert [group.text for group in expand(formula)["mu"].groups] == groups
