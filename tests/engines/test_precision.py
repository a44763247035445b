from __future__ import annotations

import threading

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from formix.engines.precision import float64


def test_within_it_numbers_are_double_and_afterwards_as_before():
    assert jnp.ones(1).dtype == np.float32
    with float64():
        assert jnp.ones(1).dtype == np.float64
        assert jnp.arange(2).dtype == np.int64
    assert jnp.ones(1).dtype == np.float32


def test_an_error_within_leaves_it():
    with pytest.raises(ValueError, match="within"), float64():
        raise ValueError("within")
    assert not jax.config.jax_enable_x64


def test_it_is_of_one_thread():
    seen = []
    with float64():
        thread = threading.Thread(target=lambda: seen.append(jnp.ones(1).dtype))
        thread.start()
        thread.join()
    assert seen == [np.float32]
