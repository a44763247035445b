import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

numpyro.enable_x64()


def model(X, X_sigma, y=None):
    # common effects: 0 + f
    beta = numpyro.sample("beta", dist.Normal(0.0, 30.59).expand([3]))
    # common effects of sigma: 0 + f
    sigma_beta = numpyro.sample("sigma.beta", dist.Normal(0.0, 5.99).expand([3]))
    # likelihood
    eta = X @ beta
    eta_sigma = X_sigma @ sigma_beta
    sigma = jnp.exp(eta_sigma)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
