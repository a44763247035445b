"""A fit is read from whatever holds it."""

import numpy as np
import pytest
import xarray as xr

from formix.errors import ResultError
from formix.results import inference_data
from formix.results.groups import Groups, opened, tree


def test_arvizs_container_holds_the_same(made):
    found = opened(inference_data(made.groups))
    assert set(found.datasets) == set(made.groups.datasets)
    for name, dataset in made.groups.datasets.items():
        xr.testing.assert_identical(found[name], dataset)
    assert found.attributes == made.groups.attributes


def test_a_datatree_holds_the_same_in_both_worlds(made):
    found = opened(tree(made.groups))
    for name, dataset in made.groups.datasets.items():
        xr.testing.assert_identical(found[name], dataset)
    assert found.attributes == made.groups.attributes


def test_groups_are_themselves(made):
    assert opened(made.groups) is made.groups


@pytest.mark.parametrize("thing", ["fit.nc", 3, None, {}, {"posterior": 1}, [xr.Dataset()]])
def test_other_things_are_refused(thing):
    with pytest.raises(ResultError, match=r"is not a fit"):
        opened(thing)


def test_a_dataset_alone_is_refused():
    with pytest.raises(ResultError, match="a Dataset is not a fit"):
        opened(xr.Dataset({"beta": 1.0}))


def test_a_missing_group_names_those_there_are(made):
    with pytest.raises(ResultError, match="no group `warmup`") as caught:
        made.groups["warmup"]
    assert "posterior, sample_stats" in caught.value.hint


def test_adding_a_group_leaves_the_first_as_it_was():
    first = Groups({}, {"a": 1})
    second = first.with_group("x", xr.Dataset({"v": ("t", np.arange(2))}))
    assert "x" not in first
    assert second["x"]["v"].sum() == 1
    assert second.attributes == {"a": 1}
