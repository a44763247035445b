import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t
from jax.scipy.special import ndtr

numpyro.enable_x64()


def model(X, X_quantile, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of quantile: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    quantile_at_means = numpyro.sample(
        "quantile.Intercept@means",
        dist.Logistic(0.0, 1.0),
    )
    quantile_slopes = numpyro.sample(
        "quantile.slopes",
        dist.Normal(0.0, 1.5).expand([1]),
    )
    quantile_shift = jnp.array([1.6650188549320577]) @ quantile_slopes
    quantile_intercept = quantile_at_means - quantile_shift
    quantile_beta = numpyro.deterministic(
        "quantile.beta",
        jnp.append(quantile_intercept, quantile_slopes),
    )
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta
    eta_quantile = X_quantile @ quantile_beta
    quantile = ndtr(eta_quantile)
    numpyro.sample("y", dist.AsymmetricLaplaceQuantile(eta, sigma, quantile), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
