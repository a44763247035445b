import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, X_means, gap=None):
    # common effects: 1 + x + f, with the intercept's prior at the means of the others
    at_means = numpyro.sample("Intercept@means", dist.Normal(1.006, 3.266))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, jnp.array([1.96, 6.87, 6.87])))
    intercept = at_means - X_means @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 1.306))
    hu = numpyro.sample("hu", dist.Beta(1.0, 1.0))
    eta = X @ beta
    numpyro.sample("gap", dist.HurdleLogNormal(hu, eta, sigma), obs=gap)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
