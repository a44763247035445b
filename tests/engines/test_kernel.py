from __future__ import annotations

import jax
import numpy as np
import pytest

from formix.engines.chain import Counters, Own
from formix.engines.kernel import Kernel, Stand
from formix.errors import EngineError

STAND = Stand(Counters(np.int64(3), np.int64(0)), Own({"z": np.zeros((2, 5))}, {}, {}))


def kernel(program) -> Kernel:
    template = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), STAND)
    return Kernel(program, 10, template, jax.devices()[0])


def test_a_blank_stand_is_of_zeros_and_not_begun():
    blank = kernel(None).blank()
    assert blank.shared.step == -1
    np.testing.assert_array_equal(blank.own.state["z"], np.zeros((2, 5)))


def test_the_program_is_called_in_double_precision_with_the_steps_to_make():
    def program(shared, own, steps, target, data):
        assert jax.config.jax_enable_x64
        assert (steps, target, data) == (7, 0.9, {"y": 1})
        return shared, own, np.zeros(7)

    stand, records = kernel(program).advance(STAND, 7, 0.9, {"y": 1})
    assert (stand.shared, stand.own) == (STAND.shared, STAND.own)
    assert records.shape == (7,)


def test_a_program_that_fails_is_an_error_of_ours():
    def program(*_arguments):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory\nand a long list")

    with pytest.raises(EngineError, match="failed: RESOURCE_EXHAUSTED: Out of memory") as caught:
        kernel(program).advance(STAND, 1, 0.8, {})
    assert caught.value.message.endswith("Out of memory")
    assert "fewer chains" in caught.value.hint
