from __future__ import annotations

import pytest

from formix.engines.whitened.plan import Plan, short_chains
from formix.errors import ArgumentError, EngineError


def test_short_chains_divide_the_draws_where_they_can():
    assert short_chains(1000, 4, 56, 10) == 25
    assert short_chains(7, 1, 56, 10) == 7
    assert short_chains(1000, 4, 8000, 10) == 8
    # A prime number of draws is cut at the end of the last one.
    assert short_chains(1009, 4, 56, 10) == 25
    assert Plan(1009, 4, 1, short=25).each == 41


def test_many_rows_or_effects_leave_few_chains():
    assert short_chains(1000, 4, 3_000_000, 10) == 1
    assert short_chains(1000, 4, 50, 1_000_000) == 4


@pytest.mark.parametrize(
    "wrong", [{"draws": 0}, {"chains": 0}, {"seed": -1}, {"draws": 1.5}, {"seed": True}]
)
def test_arguments_are_checked(wrong: dict[str, object]):
    with pytest.raises(ArgumentError, match="whole number"):
        Plan(**({"draws": 10, "chains": 2, "seed": 1} | wrong))


def test_a_plan_is_remembered_and_another_engines_is_not():
    plan = Plan(10, 2, 3, short=5, before=4)
    again = Plan.of(plan.arrays(thin=2, stream=1), draws=20)
    assert again == Plan(20, 2, 3, short=5, before=6, thin=2, stream=1)
    with pytest.raises(EngineError, match="not one of `whitened`"):
        Plan.of({"plan.warmup": 1}, draws=1)
