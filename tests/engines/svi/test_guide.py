"""The three forms of covariance, and the gradient of the bound."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from numpyro import handlers

from formix.engines.precision import float64
from formix.engines.svi.guide import PathElbo, guide, normal


@pytest.mark.parametrize(
    ("size", "numbers"), [(3, 3 + 9), (400, 2 * 400 + 400 * 20), (6_000, 2 * 6_000)]
)
def test_many_coordinates_have_fewer_numbers_each(size: int, numbers: int):
    def begun() -> dict[str, jax.Array]:
        of = guide(size)
        begin = handlers.trace(handlers.seed(of, jax.random.key(0))).get_trace()
        parameters = {n: s["value"] for n, s in begin.items() if s["type"] == "param"}
        found = normal(of, parameters)
        assert found.event_shape == (size,)
        assert found.batch_shape == ()
        return parameters

    with float64():
        shapes = jax.eval_shape(begun)
    assert sum(leaf.size for leaf in shapes.values()) == numbers
    assert {leaf.dtype for leaf in shapes.values()} == {np.dtype(np.float64)}


def test_the_gradient_of_an_exact_approximation_has_no_noise():
    """Of the density itself, one draw tells that nothing is to be changed."""
    exact = {
        "auto_loc": np.array([3.0, -1.0]),
        "auto_scale_tril": np.array([[2.0, 0.0], [-1.0, 0.5]]),
    }
    elsewhere = {**exact, "auto_loc": np.zeros(2)}
    of = guide(2)
    elbo = PathElbo(lambda x: -normal(of, exact).log_prob(x), 1)
    slope = jax.grad(lambda parameters: elbo.loss(jax.random.key(5), parameters, None, of))
    with float64():
        found = jax.jit(jax.vmap(slope))(
            jax.tree.map(lambda *each: np.stack(each), exact, elsewhere)
        )
    for leaf in found.values():
        np.testing.assert_allclose(leaf[0], 0.0, atol=1e-12)
    assert np.abs(found["auto_loc"][1]).max() > 0.1
