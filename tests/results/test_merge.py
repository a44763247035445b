"""Two parts of a run are the whole run."""

import numpy as np
import pytest
from made_fits import make, make_draws, sleep_spec

from formix.engines.draws import Draws
from formix.errors import ResultError
from formix.results.datasets import collect
from formix.results.json_text import decode
from formix.results.merge import merge


def part(values, which, state, seconds):
    return Draws(
        {site: x[:, which] for site, x in values.values.items()},
        {name: x[:, which] for name, x in values.stats.items()},
        {"draws": len(range(*which.indices(60))), "seconds": seconds, "engine": "nuts"},
        state,
    )


@pytest.fixture(scope="module")
def parts():
    whole = make()
    first = part(whole.draws, slice(0, 25), {"step": np.array(1)}, {"draws": 1.0, "warmup": 2.0})
    second = part(whole.draws, slice(25, 60), {"step": np.array(2)}, {"draws": 3.0, "warmup": 0.0})
    one, two = (collect(whole.spec, p, whole.recipe) for p in (first, second))
    return whole, one, two


def test_the_parts_are_the_whole(parts):
    whole, one, two = parts
    merged = merge(one, two)
    for name in ("posterior", "sample_stats", "log_likelihood", "log_prior"):
        assert merged[name].equals(whole.groups[name])
    assert merged["posterior"]["draw"].to_numpy().tolist() == list(range(60))
    for name in ("observed_data", "constant_data"):
        assert merged[name].equals(one[name])


def test_the_state_is_the_last(parts):
    _, one, two = parts
    assert int(merge(one, two)["sampler_state"]["step"]) == 2
    assert int(one["sampler_state"]["step"]) == 1


def test_draws_and_seconds_add_up(parts):
    _, one, two = parts
    merged = merge(one, two).attributes
    assert merged["draws"] == 60
    assert decode(merged["seconds"], "seconds") == {"draws": 4.0, "warmup": 2.0}
    assert merged["formula"] == one.attributes["formula"]


def test_a_group_of_part_of_the_draws_is_left_out(parts):
    _, one, two = parts
    short = type(two)({k: v for k, v in two.datasets.items() if k != "log_likelihood"})
    assert "log_likelihood" not in merge(one, short)


def test_draws_of_the_prior_stay(parts):
    _, one, two = parts
    merged = merge(one.with_group("prior", one["posterior"]), two)
    assert merged["prior"].sizes["draw"] == 25


def test_other_chains_are_refused(parts):
    whole, one, _ = parts
    other = collect(whole.spec, make_draws(whole.spec, chains=2), whole.recipe)
    with pytest.raises(ResultError, match="other chains"):
        merge(one, other)
    levels = make(sleep_spec(levels=("a", "b"))).groups
    with pytest.raises(ResultError, match="not of this model"):
        merge(one, levels)
