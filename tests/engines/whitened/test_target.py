"""The density in whitened coordinates against the printed program's, for any weights."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from scipy import special
from whitened_shapes import SHAPES, Shape

from formix.engines import density
from formix.engines.concavity import CONCAVE
from formix.engines.latent import arrays, latent_sites
from formix.engines.options import jitted
from formix.engines.precision import float64
from formix.engines.whitened.frozen import Freezing
from formix.engines.whitened.layout import layout, structure
from formix.engines.whitened.mode import blank
from formix.engines.whitened.rows import distinct
from formix.engines.whitened.softened import FAR
from formix.engines.whitened.support import supports
from formix.engines.whitened.target import Target
from formix.families import FAMILIES

POINTS = 4
TOLERANCE = 1e-8

KNOWN = (
    Shape("count | trunc(lb = -1, ub = 60) ~ x + (1 | g)", "poisson"),
    Shape("t | cens(l) ~ x + (1 | g)", "gamma"),
)
"""Of whose rows something is known, and of which tails are integrated by quadrature."""


def equal(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether log densities are equal, and so are all their differences."""
    away = np.abs(a - b) <= TOLERANCE * np.maximum(1.0, np.abs(a))
    one, other = np.subtract.outer(a, a), np.subtract.outer(b, b)
    return bool(
        away.all() and np.all(np.abs(one - other) <= TOLERANCE * np.maximum(1.0, np.abs(one)))
    )


def compared(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """The log density of the target, and the program's with a Jacobian of differences.

    Given the scales the change is linear, so that differences are its Jacobian exactly.
    """
    model = shape.model()
    generator = np.random.default_rng(3)
    rows = distinct(model.spec, model.program)
    with float64():
        latent = latent_sites(model.program.function, arrays(model.program))
    of = layout(rows.spec, latent, structure(rows.spec))
    target = Target(model.program.function, of)
    count = len(rows.counts)
    freezing = Freezing(rows.spec, of)
    given = blank(of, rows, freezing) | {
        "frozen": freezing.frozen(generator.uniform(0.1, 2.0, count), generator.normal(size=count)),
        "centre": 0.1 * generator.normal(size=of.sampled),
        "root": np.eye(of.sampled) + 0.2 * generator.normal(size=(of.sampled, of.sampled)),
        "ends": np.where(
            generator.random(of.sampled) < 0.5, generator.normal(size=of.sampled), FAR
        ),
        "widths": generator.uniform(0.5, 2.0, of.size - of.sampled),
    }
    x = 0.3 * generator.standard_t(3, size=(POINTS, of.size))
    along = np.vstack([np.zeros(of.size), np.eye(of.size)[of.sampled :]])
    both = (x[:, None, :] + along).reshape(-1, of.size)

    def one(x, given):
        free, _ = target.free(x, given)
        return target.log_density(x, given), free

    with float64():
        found, free = jax.device_get(jitted(jax.vmap(one, (0, None)))(both, given))
    found = found.reshape(POINTS, len(along))[:, 0]
    sites = {name: at.reshape(POINTS, len(along), -1) for name, at in free.items()}
    scales = [name for name, _ in of.scales]
    flat = np.concatenate([at for name, at in sites.items() if name not in scales], axis=2)
    jacobian = (flat[:, 1:] - flat[:, :1]) / given["widths"][:, None]
    at = {name: x.reshape(POINTS, len(along), *x.shape[1:])[:, 0] for name, x in free.items()}
    programs = density.log_density(model.program, at, free=True)
    # Below their ends logarithms are less by a square of log(1 + exp(far)), over log(2).
    far = (given["ends"] - given["centre"] - x[:, : of.sampled] @ given["root"].T) / 0.8
    slope = 2.0 * np.logaddexp(0.0, far) * special.expit(far) / np.log(2.0) / 0.8
    softer = np.log1p(slope).sum(axis=1)
    return found, programs + np.linalg.slogdet(jacobian)[1] + softer


@pytest.mark.parametrize(
    "shape",
    [pytest.param(s, id=s.name, marks=[pytest.mark.slow] * s.slow) for s in SHAPES],
)
def test_the_target_is_the_programs_density(shape: Shape):
    assert supports(shape.model().spec) is None
    ours, programs = compared(shape)
    assert np.all(np.isfinite(ours))
    assert equal(ours, programs), (ours, programs)


@pytest.mark.parametrize("shape", [pytest.param(s, id=s.name) for s in KNOWN])
def test_the_slope_in_single_precision_is_that_of_the_density(shape: Shape):
    model = shape.model()
    rows = distinct(model.spec, model.program)
    with float64():
        latent = latent_sites(model.program.function, arrays(model.program))
    of = layout(rows.spec, latent, structure(rows.spec))
    given = blank(of, rows, Freezing(rows.spec, of), single=True)
    target = Target(model.program.function, of, single=True)
    x = 0.1 * np.random.default_rng(2).normal(size=of.size)

    def both(x, given):
        return jax.grad(target.followed)(x, given), jax.grad(target.log_density)(x, given)

    with float64():
        single, double = jax.device_get(jitted(both)(x, given))
    np.testing.assert_allclose(single, double, atol=1e-4 * np.abs(double).max())


def test_every_family_and_link_that_is_taken_is_compared():
    models = [shape.model() for shape in SHAPES]
    seen = {(m.family.name, m.spec.predictors[0].link.name) for m in models}
    assert seen == {(name, link) for name, links in CONCAVE.items() for link in links}
    assert CONCAVE.keys() <= {family.name for family in FAMILIES}
