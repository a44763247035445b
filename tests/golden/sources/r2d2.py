import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

numpyro.enable_x64()


def model(X, X_means, X_units, y=None):
    # common effects: 1 + x + f + x:f
    # with the intercept's prior at the means of the others
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    # R2D2: R2, and the shares of it, in units of sigma / sd(column)
    R2D2_R2 = numpyro.sample("R2D2_R2", dist.Beta(1.2, 1.8))
    R2D2_phi = numpyro.sample("R2D2_phi", dist.Dirichlet(jnp.full(5, 0.7)))
    narrow = jnp.sqrt(R2D2_phi * R2D2_R2 / (1.0 - R2D2_R2))
    z_beta = numpyro.sample("z_beta", dist.Normal(jnp.zeros(5), 1.0))
    sigma = numpyro.sample("sigma", dist.Exponential(0.5))
    slopes = numpyro.deterministic("slopes", z_beta * narrow * sigma * X_units)
    intercept = at_means - X_means @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    eta = X @ beta
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
