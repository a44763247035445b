import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import gammaln

numpyro.enable_x64()


def model(X, X_shape, offset_shape, t=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(1.59, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of shape: 1
    shape_beta = numpyro.sample("shape.beta", dist.Normal(0.0, 1.0).expand([1]))
    # likelihood
    eta = X @ beta
    mu = jnp.exp(eta)
    eta_shape = X_shape @ shape_beta + offset_shape
    numpyro.sample(
        "t",
        dist.Weibull(mu / jnp.exp(gammaln(1.0 + 1.0 / eta_shape)), eta_shape),
        obs=t,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
