import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import censored, truncated

numpyro.enable_x64()


def model(X, cens, cens_upper, gap=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(1.603, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    shape = numpyro.sample("shape", dist.InverseGamma(0.4, 0.3))
    hu = numpyro.sample("hu", dist.Beta(1.0, 1.0))
    eta = X @ beta
    mu = jnp.exp(eta)
    numpyro.sample(
        "gap",
        censored(
            truncated(dist.HurdleGamma(hu, shape, shape / mu), low=0.0, high=60.0),
            cens,
            cens_upper,
        ),
        obs=gap,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
