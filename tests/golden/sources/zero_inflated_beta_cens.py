import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import InflatedBeta, censored
from jax.scipy.special import expit

numpyro.enable_x64()


def model(X, cens, cens_upper, part=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(0.0, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    phi = numpyro.sample("phi", dist.InverseGamma(0.4, 0.3))
    zi = numpyro.sample("zi", dist.Beta(1.0, 1.0))
    eta = X @ beta
    numpyro.sample(
        "part",
        censored(
            InflatedBeta(phi * expit(eta), phi * expit(-eta), zi, 0.0),
            cens,
            cens_upper,
        ),
        obs=part,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
