"""Options of the form NAME=TEXT."""

from __future__ import annotations

import pytest
import typer

from formix.cli import arguments
from formix.cli.arguments import pairs
from formix.prior import SETS


def test_the_first_equals_sign_parts_name_and_text():
    given = ["sd_Subject[Days]=HalfNormal(scale=5)", " sigma^2 = InverseGamma(2, 1) "]
    assert pairs(given, "--prior") == {
        "sd_Subject[Days]": "HalfNormal(scale=5)",
        "sigma^2": "InverseGamma(2, 1)",
    }


def test_none_is_no_pair():
    assert pairs(None, "--prior") == {}


@pytest.mark.parametrize("text", ["sd", "sd=", "=Normal(0, 1)", "", "="])
def test_what_is_no_pair_is_refused(text: str):
    with pytest.raises(typer.BadParameter, match="NAME=TEXT"):
        pairs([text], "--prior")


def test_a_name_given_twice_is_refused():
    with pytest.raises(typer.BadParameter, match="`sd` is given twice"):
        pairs(["sd=HalfNormal(1)", "sd=HalfNormal(2)"], "--prior")


def test_the_sets_of_priors_are_those_there_are():
    assert tuple(SETS) == arguments.PRIOR_SETS
