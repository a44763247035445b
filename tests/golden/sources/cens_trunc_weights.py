import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import censored, half_t, truncated, weighted

numpyro.enable_x64()


def model(X, cens, cens_upper, likelihood_weights, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta
    numpyro.sample(
        "y",
        weighted(
            censored(
                truncated(dist.Normal(eta, sigma), low=-5.0, high=19.0),
                cens,
                cens_upper,
            ),
            likelihood_weights,
        ),
        obs=y,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
