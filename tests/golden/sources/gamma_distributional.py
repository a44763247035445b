import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, X_shape, g, t=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(1.59, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of shape: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    shape_at_means = numpyro.sample("shape.Intercept@means", dist.Normal(0.0, 2.5))
    shape_slopes = numpyro.sample("shape.slopes", dist.Normal(0.0, 1.5).expand([1]))
    shape_intercept = shape_at_means - jnp.array([1.6650188549320577]) @ shape_slopes
    shape_beta = numpyro.deterministic(
        "shape.beta",
        jnp.append(shape_intercept, shape_slopes),
    )
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # group-level effects of shape: (1 | g), non-centred
    shape_sd_g = numpyro.sample("shape.sd_g", half_t(3.0, 1.0).expand([1]))
    shape_z_g = numpyro.sample("shape.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    shape_r_g = numpyro.deterministic("shape.r_g", shape_z_g * shape_sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    mu = jnp.exp(eta)
    eta_shape = X_shape @ shape_beta + shape_r_g[g, 0]
    shape = jnp.exp(eta_shape)
    numpyro.sample("t", dist.Gamma(shape, shape / mu), obs=t)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
