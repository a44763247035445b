"""The density of every generated program, against one put together from SciPy."""

from __future__ import annotations

import family_shapes
import group_shapes
import jax
import numpy as np
import pytest
import shapes
from numpyro import handlers
from numpyro.distributions.transforms import biject_to
from numpyro.infer import init_to_uniform
from numpyro.infer.util import log_density as numpyro_log_density
from scipy import special, stats

from formix import Model
from formix.prior import Prior
from formix.results.likelihood import log_densities

RELATIVE = 1e-9
POINTS = 4
EVERY_GROUP = (*group_shapes.SHAPES, *group_shapes.CENTRED)


def frozen(prior: Prior):
    """Return SciPy's distribution of a prior."""
    a = prior.arguments
    return {
        "Normal": lambda: stats.norm(*a),
        "StudentT": lambda: stats.t(*a),
        "Laplace": lambda: stats.laplace(*a),
        "HalfCauchy": lambda: stats.halfcauchy(0.0, *a),
        "Exponential": lambda: stats.expon(0.0, 1.0 / a[0]),
        "Gamma": lambda: stats.gamma(a[0], 0.0, 1.0 / a[1]),
        "InverseGamma": lambda: stats.invgamma(a[0], 0.0, a[1]),
        "LogNormal": lambda: stats.lognorm(a[1], scale=np.exp(a[0])),
        "Logistic": lambda: stats.logistic(*a),
        "Uniform": lambda: stats.uniform(a[0], a[1] - a[0]),
        "Beta": lambda: stats.beta(*a),
        "TruncatedNormal": lambda: stats.truncnorm(
            (a[2] - a[0]) / a[1], (a[3] - a[0]) / a[1], a[0], a[1]
        ),
    }[prior.name]()


def log_prior(entry, value: float) -> float:
    if entry.prior.name == "Flat":
        return 0.0
    if entry.prior.name == "TruncatedGamma":
        a, rate, low, high = entry.prior.arguments
        whole = stats.gamma(a, 0.0, 1.0 / rate)
        return whole.logpdf(value) - np.log(whole.sf(low) - whole.sf(high))
    if entry.prior.name == "HalfStudentT":
        df, scale = entry.prior.arguments
        return np.log(2.0) + stats.t(df, 0.0, scale).logpdf(value)
    return frozen(entry.prior).logpdf(value**2 if entry.squared else value)


def log_lkj_factor(L: np.ndarray, eta: float) -> float:
    """LKJ of a correlation matrix's factor: Stan reference, section "LKJ correlation"."""
    k = len(L)
    normalised = 0.0
    for i in range(1, k):
        a = eta + 0.5 * (k - 1 - i)
        # Row i: its squared length left of the diagonal is Beta(i / 2, a), its direction uniform.
        w = 1.0 - L[i, i] ** 2
        normalised += stats.beta(0.5 * i, a).logpdf(w)
        # From the polar form to the row's free elements: length^(i-1), and dw = 2 length dlength.
        length = np.sqrt(w)
        normalised += np.log(2.0 * length) - (i - 1) * np.log(length)
        normalised -= np.log(2.0) + 0.5 * i * np.log(np.pi) - special.gammaln(0.5 * i)
    return normalised


def independent(model: Model, values: dict[str, np.ndarray]) -> float:
    """The joint log density from the design and SciPy alone, in the program's own sites."""
    total, eta = of_predictor(model, values)
    for statement in model.spec.likelihood:
        total += log_prior(model.spec.priors[statement.site], values[statement.site])
    return total + pointwise(model, values, eta).sum()


def pointwise(model: Model, values: dict[str, np.ndarray], eta: np.ndarray) -> np.ndarray:
    """The log density of every row."""
    if model.family.name != "gaussian":
        return family_shapes.log_likelihood(model, eta, values)
    known = model.design.response.known
    variance = values.get("sigma", 0.0) ** 2 / known.get("weights", 1.0)
    variance = variance + known.get("se", 0.0) ** 2
    return stats.norm.logpdf(model.design.response.values, eta, np.sqrt(variance))


def of_predictor(model: Model, values: dict[str, np.ndarray]) -> tuple[float, np.ndarray]:
    """The log prior density of a linear predictor's sites, and the predictor."""
    spec, design = model.spec, model.design
    total, eta = 0.0, np.zeros(len(design.rows))
    shrunk = {} if "beta" not in spec.priors else of_shrinkage(model, values)
    total += shrunk.get("density", 0.0)
    if design.columns:
        beta = values["beta"]
        for j, label in enumerate(design.columns):
            key = f"beta[{label}]"
            at_means = f"beta[{label}@means]"
            value = beta[j]
            if label in shrunk:
                assert value == pytest.approx(shrunk[label], rel=1e-12)
                continue
            if key not in spec.priors:
                key = at_means
                value = beta[0] + design.X[:, 1:].mean(axis=0) @ beta[1:]
            total += log_prior(spec.priors[key], value)
        eta = design.X @ beta
    if design["mu"].offset is not None:
        eta = eta + design["mu"].offset
    for blocks in spec.groups:
        group, start = blocks[0].group, 0
        z, sd = values[f"z_{group}"], values[f"sd_{group}"]
        keys = deviation_keys(group, blocks)
        total += sum(log_prior(spec.priors[key], sd[keys.index(key)]) for key in set(keys))
        several = sum(block.covariance in ("cs", "ar1") for block in blocks) > 1
        total += stats.norm.logpdf(z).sum()
        for number, block in enumerate(blocks, start=1):
            part = slice(start, start + len(block.effects))
            L = np.eye(len(block.effects))
            if block.covariance == "us" and len(block.effects) > 1:
                L = values[f"L_{group}" if len(blocks) == 1 else f"L_{group}_{number}"]
                total += log_lkj_factor(L, spec.priors[f"cor_{group}"].prior.arguments[0])
            if block.covariance in ("cs", "ar1") and len(block.effects) > 1:
                rho = f"rho_{group}" + (f"_{number}" if several else "")
                total += log_prior(spec.priors[rho], values[rho])
                L = np.linalg.cholesky(made(block.covariance, values[rho], len(block.effects)))
            r = z[:, part] @ (np.diag(sd[part]) @ L).T
            eta = eta + np.sum(block.Z * r[block.index], axis=1)
            start = part.stop
    return total, eta


def deviation_keys(group: str, blocks: tuple) -> list[str]:
    """The address of each effect's standard deviation; an autoregression has one for all."""
    return [
        f"sd_{group}[{effect.column.term if block.covariance == 'ar1' else label}]"
        for block in blocks
        for label, effect in zip(block.labels, block.effects, strict=True)
    ]


def made(structure: str, rho: float, size: int) -> np.ndarray:
    """The correlation matrix that one number makes, element by element."""
    apart = [[abs(i - j) for j in range(size)] for i in range(size)]
    if structure == "ar1":
        return np.array([[rho**distance for distance in row] for row in apart])
    return np.array([[rho if distance else 1.0 for distance in row] for row in apart])


def of_shrinkage(model: Model, values: dict[str, np.ndarray]) -> dict[str, float]:
    """The log density of the sites of a prior of coefficients together, and the coefficients."""
    given = model.spec.priors["beta"].prior
    of = dict(zip(given.kind.parameters, given.arguments, strict=True))
    z, X, y = values["z_beta"], model.design.X, model.design.response.values
    known = model.design.response.known
    if given.name == "Horseshoe":
        wide, tau, slab = values["hs_local"], values["hs_global"], values["hs_slab"]
        scale = of["par_ratio"] / np.sqrt(len(y)) if of["par_ratio"] else of["scale_global"]
        density = (np.log(2.0) + stats.t(of["df"], 0.0, 1.0).logpdf(wide)).sum()
        density += np.log(2.0) + stats.t(of["df_global"], 0.0, scale).logpdf(tau)
        half = 0.5 * of["df_slab"]
        density += stats.invgamma(half, 0.0, half).logpdf(slab)
        # Piironen and Vehtari (2017), equation 2.8.
        c2 = of["scale_slab"] ** 2 * slab
        sds = tau * np.sqrt(c2 * wide**2 / (c2 + tau**2 * wide**2))
    else:
        share, phi = values["R2D2_R2"], values["R2D2_phi"]
        a, b = of["mean_R2"] * of["prec_R2"], (1.0 - of["mean_R2"]) * of["prec_R2"]
        density = stats.beta(a, b).logpdf(share)
        density += stats.dirichlet(np.full(len(phi), of["cons_D2"])).logpdf(phi / phi.sum())
        sds = np.sqrt(phi * share / (1.0 - share))
    labels = list(model.design.columns)
    with_intercept = labels[0] == "Intercept"
    columns = X[:, 1:] if with_intercept else X
    width = columns.std(axis=0, ddof=1) if with_intercept else np.sqrt((X**2).mean(axis=0))
    unit = np.std(y, ddof=1) if "se" in known else 1.0
    units = np.array([float(f"{unit / w:.4g}") for w in width])
    beta = z * sds * units * (1.0 if "se" in known else values["sigma"])
    shrunk = dict(zip(labels[len(labels) - len(beta) :], beta, strict=True))
    return {**shrunk, "density": density + stats.norm.logpdf(z).sum()}


def random_sites(function, data: dict, seed: int, spread: float = 0.7) -> dict[str, np.ndarray]:
    """A random point: every drawn site from a standard normal on the unconstrained line."""
    generator = np.random.default_rng(seed)
    # A starting value stands in for a draw: nothing can be drawn from an improper prior.
    seeded = handlers.substitute(
        handlers.seed(function, jax.random.key(0)), substitute_fn=init_to_uniform
    )
    trace = handlers.trace(seeded).get_trace(**data)
    sites = {}
    for name, site in trace.items():
        if site["type"] == "sample" and not site["is_observed"]:
            transform = biject_to(site["fn"].support)
            shape = jax.eval_shape(transform.inv, site["value"]).shape
            sites[name] = np.asarray(transform(generator.normal(size=shape) * spread))
    return sites


def program(model: Model):
    # As it stands, but for the line that sets the precision of a process of its own.
    text = model.source.replace("numpyro.enable_x64()\n", "")
    assert text != model.source
    namespace: dict[str, object] = {}
    exec(compile(text, "source", "exec"), namespace)
    return namespace["model"]


def joint(function, data: dict, sites: dict) -> tuple[float, dict[str, np.ndarray]]:
    value, trace = numpyro_log_density(function, (), data, sites)
    return float(value), {name: np.asarray(site["value"]) for name, site in trace.items()}


@pytest.mark.parametrize("shape", [*shapes.SHAPES, *shapes.SHRUNK], ids=lambda shape: shape.name)
def test_density_is_scipys(shape: shapes.Shape):
    model = Model(
        shape.formula, shapes.data(), priors=shape.priors, contrasts=shape.contrasts or None
    )
    with jax.enable_x64(True):
        function = program(model)
        for seed in range(POINTS):
            sites = random_sites(function, model.data, seed)
            ours, values = joint(function, model.data, sites)
            expected = independent(model, values)
            assert ours == pytest.approx(expected, rel=RELATIVE)


def marked(shape):
    """A shape as a parameter: slow where its groups say nothing of its family.

    Slopes and nested groups are written by what no family touches; every program of them is read
    word by word in any case.
    """
    grouped = shape.name.endswith(("_slopes", "_uncorrelated", "_nested"))
    return pytest.param(shape, id=shape.name, marks=[pytest.mark.slow] if grouped else [])


@pytest.mark.parametrize("shape", [marked(shape) for shape in family_shapes.SHAPES])
def test_density_of_every_family_is_scipys(shape: family_shapes.FamilyShape):
    model = shape.model()
    with jax.enable_x64(True):
        function = program(model)
        for seed in range(POINTS if shape in family_shapes.LINKED else 1):
            sites = random_sites(function, model.data, seed, 0.4)
            ours, values = joint(function, model.data, sites)
            assert np.isfinite(ours)
            assert ours == pytest.approx(independent(model, values), rel=RELATIVE)
            # The same rows in NumPy, as the results store them.
            rows = pointwise(model, values, of_predictor(model, values)[1])
            stored = log_densities(model.spec, {site: x[None] for site, x in values.items()})
            np.testing.assert_allclose(stored[0], rows, rtol=RELATIVE, atol=1e-12)


@pytest.mark.parametrize("shape", family_shapes.LINKED, ids=lambda shape: shape.name)
def test_gradient_of_every_family_is_the_central_difference(shape: family_shapes.FamilyShape):
    check_gradient(shape.model())


@pytest.mark.parametrize(
    "name",
    [
        "random_slope",
        "two_correlated_blocks",
        "own_priors",
        "variances",
        "nested_slopes",
        "compound_symmetry",
        "structures_of_one_group",
        *(shape.name for shape in shapes.SHRUNK),
    ],
)
def test_gradient_is_the_central_difference(name: str):
    every = (*shapes.SHAPES, *shapes.SHRUNK)
    shape = next(shape for shape in every if shape.name == name)
    check_gradient(Model(shape.formula, shapes.data(), priors=shape.priors))


@pytest.mark.parametrize("shape", EVERY_GROUP, ids=lambda shape: shape.name)
def test_density_of_every_group_is_scipys(shape: group_shapes.GroupShape):
    model = shape.model()
    with jax.enable_x64(True):
        function = program(model)
        for seed in range(POINTS):
            sites = random_sites(function, model.data, seed)
            ours, values = joint(function, model.data, sites)
            assert np.isfinite(ours)
            expected = group_shapes.log_density(shape, values, log_prior)
            assert ours == pytest.approx(expected, rel=RELATIVE)


@pytest.mark.parametrize("shape", EVERY_GROUP[::3], ids=lambda shape: shape.name)
def test_gradient_of_groups_is_the_central_difference(shape: group_shapes.GroupShape):
    check_gradient(shape.model())


def check_gradient(model: Model):
    """Compare the gradient with central differences, whose own error is below a part in 10^6."""
    with jax.enable_x64(True):
        function = program(model)
        sites = random_sites(function, model.data, 1)
        # Not the factors of correlations, nor shares, whose elements do not move one by one.
        tied = ("L_", "R2D2_phi")
        free = {n: v for n, v in sites.items() if not n.startswith(tied)}
        fixed = {n: v for n, v in sites.items() if n.startswith(tied)}

        def density(free: dict) -> jax.Array:
            return numpyro_log_density(function, (), model.data, {**free, **fixed})[0]

        gradient = jax.grad(density)({n: jax.numpy.asarray(v) for n, v in free.items()})
        compiled = jax.jit(density)
        for site, value in free.items():
            flat = np.atleast_1d(value).ravel()
            for j in range(min(3, len(flat))):
                step = 1e-5 * max(1.0, abs(flat[j]))
                moved = []
                for sign in (1.0, -1.0):
                    shifted = flat.copy()
                    shifted[j] += sign * step
                    moved.append(float(compiled({**free, site: shifted.reshape(np.shape(value))})))
                numeric = (moved[0] - moved[1]) / (2.0 * step)
                exact = float(np.atleast_1d(gradient[site]).ravel()[j])
                assert exact == pytest.approx(numeric, rel=1e-6, abs=1e-5)
