import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

numpyro.enable_x64()


def model(X, X_zi, rare=None):
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
    # likelihood
    eta = X @ beta
    mu = jnp.exp(eta)
    eta_zi = X_zi @ zi_beta
    zi = -jnp.expm1(-jnp.exp(eta_zi))
    numpyro.sample("rare", dist.ZeroInflatedPoisson(zi, mu), obs=rare)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
