"""What moves rows alike is told apart: thresholds and the effects that follow them."""

from __future__ import annotations

import jax
import numpy as np
from whitened_shapes import data

import formix as fx
from formix.engines.latent import arrays, latent_sites
from formix.engines.options import jitted
from formix.engines.precision import float64
from formix.engines.whitened.frozen import Freezing
from formix.engines.whitened.layout import layout, structure
from formix.engines.whitened.mode import blank
from formix.engines.whitened.rows import distinct, linear_predictor, slopes, working
from formix.engines.whitened.target import Target

NUDGE, MOVED = 1e-3, 0.3


def test_effects_follow_thresholds_to_their_mode():
    """Where all thresholds have moved, the slope along effects is of second order in how far."""
    model = fx.Model("level ~ x + (1 | g)", data(), "cumulative")
    rows = distinct(model.spec, model.program)
    with float64():
        latent = latent_sites(model.program.function, arrays(model.program))
    of = layout(rows.spec, latent, structure(rows.spec))
    target, freezing = Target(model.program.function, of), Freezing(rows.spec, of)
    given = blank(of, rows, freezing)

    def one(x, given):
        free, _ = target.free(x, given)
        return target.joint(free, given)[1], jax.grad(target.log_density)(x, given)

    compiled = jitted(one)

    def look(point):
        with float64():
            x = np.concatenate([point, np.zeros(of.size - of.sampled)])
            sites, slope = jax.device_get(compiled(x, given))
        return sites, slope[of.sampled :]

    moving = list(of.moving)
    assert len(moving) == 3
    point = np.zeros(of.sampled)
    eta = np.zeros(len(rows.counts))
    for _ in range(8):
        found = working(rows, eta, look(point)[0])
        given["frozen"] = freezing.frozen(found.weights, found.response, point[moving])
        eta = linear_predictor(rows, look(point)[0])
    assert np.abs(look(point)[1]).max() < 1e-3
    # The first threshold, and with it all the others: these are told by what lies between.
    far = point + MOVED * np.eye(of.sampled)[moving[0]]
    stayed = np.linalg.norm(look(far)[1])
    nudges = NUDGE * np.eye(of.sampled)[moving]
    each = [
        (slopes(rows, eta, look(point + d)[0]) - slopes(rows, eta, look(point - d)[0]))
        / (2.0 * NUDGE)
        for d in nudges
    ]
    frozen = freezing.frozen(found.weights, found.response, point[moving], np.array(each))
    given["frozen"] = frozen
    assert np.abs(look(point)[1]).max() < 1e-3
    assert stayed > 0.3
    assert np.linalg.norm(look(far)[1]) < 0.3 * stayed
    # One that moves all rows by as much as it moves itself is as an offset less: the rows' weights.
    np.testing.assert_allclose(each[0], found.weights, rtol=1e-3)
