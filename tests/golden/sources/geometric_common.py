import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

numpyro.enable_x64()


def model(X, X_means, count=None):
    # common effects: 1 + x + f, with the intercept's prior at the means of the others
    at_means = numpyro.sample("Intercept@means", dist.Normal(1.311, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, jnp.array([1.5, 5.259, 5.259])))
    intercept = at_means - X_means @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    eta = X @ beta
    mu = jnp.exp(eta)
    numpyro.sample("count", dist.GeometricLogits(-jnp.log(mu)), obs=count)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
