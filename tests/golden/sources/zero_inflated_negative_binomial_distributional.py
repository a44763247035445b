import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t
from jax.scipy.special import expit

numpyro.enable_x64()


def model(X, X_zi, X_shape, g, rare=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(1.009, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of zi: 1 + x, with the intercept's prior at the mean of x (1.665)
    zi_at_means = numpyro.sample("zi.Intercept@means", dist.Logistic(0.0, 1.0))
    zi_slopes = numpyro.sample("zi.slopes", dist.Normal(0.0, 1.5).expand([1]))
    zi_intercept = zi_at_means - jnp.array([1.6650188549320577]) @ zi_slopes
    zi_beta = numpyro.deterministic("zi.beta", jnp.append(zi_intercept, zi_slopes))
    # common effects of shape: 1 + z
    # with the intercept's prior at the mean of z (-1.036)
    shape_at_means = numpyro.sample("shape.Intercept@means", dist.Normal(0.0, 2.5))
    shape_slopes = numpyro.sample("shape.slopes", dist.Normal(0.0, 6.964).expand([1]))
    shape_intercept = shape_at_means - jnp.array([-1.0358855218877951]) @ shape_slopes
    shape_beta = numpyro.deterministic(
        "shape.beta",
        jnp.append(shape_intercept, shape_slopes),
    )
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # group-level effects of zi: (1 | g), non-centred
    zi_sd_g = numpyro.sample("zi.sd_g", half_t(3.0, 1.0).expand([1]))
    zi_z_g = numpyro.sample("zi.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    zi_r_g = numpyro.deterministic("zi.r_g", zi_z_g * zi_sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    mu = jnp.exp(eta)
    eta_zi = X_zi @ zi_beta + zi_r_g[g, 0]
    zi = expit(eta_zi)
    eta_shape = X_shape @ shape_beta
    shape = jnp.exp(eta_shape)
    numpyro.sample(
        "rare",
        dist.ZeroInflatedDistribution(
            dist.NegativeBinomialLogits(shape, jnp.log(mu / shape)),
            gate=zi,
        ),
        obs=rare,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
