"""Elimination by products that chains share is elimination one level at a time."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from whitened_shapes import data

import formix as fx
from formix.engines.latent import arrays, latent_sites
from formix.engines.options import jitted
from formix.engines.precision import float64
from formix.engines.whitened import shared
from formix.engines.whitened.change import changed
from formix.engines.whitened.frozen import Freezing
from formix.engines.whitened.layout import layout, structure
from formix.engines.whitened.rows import distinct


@pytest.mark.parametrize("formula", ["hit ~ x + (x | g) + (1 | k)", "count ~ x + z + (1 | g)"])
def test_shared_products_change_no_value_and_no_slope(formula: str, monkeypatch):
    model = fx.Model(formula, data(), "bernoulli" if "hit" in formula else "poisson")
    generator = np.random.default_rng(11)
    rows = distinct(model.spec, model.program)
    with float64():
        latent = latent_sites(model.program.function, arrays(model.program))
    of = layout(rows.spec, latent, structure(rows.spec))
    freezing, count = Freezing(rows.spec, of), len(rows.counts)
    given = generator.uniform(0.1, 2.0, count), generator.normal(size=count)
    apart = [np.eye(group.size) + 0.3 * np.tri(group.size) for group in of.groups]
    z = generator.normal(size=of.size - of.sampled)
    weights = generator.normal(size=of.size - of.sampled)

    def total(factors, z, frozen):
        found = changed(of, frozen, factors, z)
        flat = jax.numpy.concatenate([*(x.ravel() for x in found.effects), found.common])
        return found.log_slope + weights @ flat

    def answers():
        frozen = freezing.frozen(*given)
        with float64():
            found = jitted(jax.value_and_grad(total, (0, 1)))(apart, z, frozen)
            return "products" in frozen, jax.device_get(found)

    by_products, ours = answers()
    monkeypatch.setattr(shared, "_MOST_NUMBERS", 0)
    one_by_one, theirs = answers()
    assert by_products
    assert not one_by_one
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11), ours, theirs)
