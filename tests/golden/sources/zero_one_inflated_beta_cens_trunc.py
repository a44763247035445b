import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import InflatedBeta, censored, truncated
from jax.scipy.special import expit

numpyro.enable_x64()


def model(X, cens, ends=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(0.0, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    phi = numpyro.sample("phi", dist.InverseGamma(0.4, 0.3))
    zoi = numpyro.sample("zoi", dist.Beta(1.0, 1.0))
    coi = numpyro.sample("coi", dist.Beta(1.0, 1.0))
    eta = X @ beta
    numpyro.sample(
        "ends",
        censored(
            truncated(
                InflatedBeta(
                    phi * expit(eta),
                    phi * expit(-eta),
                    zoi * (1.0 - coi),
                    zoi * coi,
                ),
                low=0.0,
                high=1.0,
            ),
            cens,
        ),
        obs=ends,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
