"""A sampler's state survives bit by bit."""

import numpy as np
import pytest
import xarray as xr

from formix.errors import ResultError
from formix.results.files import read_groups, write_groups
from formix.results.groups import Groups
from formix.results.state import GROUP, read_state, state_dataset

STATE = {
    "z.r_a/b": np.array([[1.0, -0.0, np.nan], [np.inf, 5e-324, np.pi]]),
    "z.": np.float32([1.5, 2.5]),
    "rng_key": np.array([0, 2**32 - 1], dtype=np.uint32),
    "step": np.array(7),
    "step size": np.array(0.1),
    "found": np.array([True, False]),
    "empty": np.zeros((4, 0, 2)),
    "method": np.array("vectorized"),
    "names": np.array(["a", "größe"]),
    "x" * 300: np.arange(3),
}


def same(found):
    assert set(found) == set(STATE)
    for name, values in STATE.items():
        assert found[name].dtype == values.dtype
        assert found[name].shape == values.shape
        assert found[name].tobytes() == values.tobytes()


def test_in_memory():
    same(read_state(Groups({GROUP: state_dataset(STATE)})))


@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_in_files(tmp_path, made, ending):
    whole = made.groups.with_group(GROUP, state_dataset(STATE))
    same(read_state(read_groups(write_groups(whole, tmp_path / f"fit{ending}"))))


def test_every_dimension_has_a_coordinate():
    dataset = state_dataset(STATE)
    assert set(dataset.sizes) == set(dataset.coords)


def test_a_fit_without_state_says_what_to_do():
    with pytest.raises(ResultError, match=r"holds no state of its sampler \(laplace\)"):
        read_state(Groups({}, {"engine": "laplace"}))


def test_a_damaged_state_is_refused():
    dataset = xr.Dataset({"step": 7})
    with pytest.raises(ResultError, match="state in this result is damaged"):
        read_state(Groups({GROUP: dataset}))
