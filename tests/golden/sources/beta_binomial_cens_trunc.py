import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import BetaBinomial, censored, truncated
from jax.scipy.special import expit

numpyro.enable_x64()


def model(X, trials, cens, cens_upper, trunc_upper, s=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(0.0, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    phi = numpyro.sample("phi", dist.InverseGamma(0.4, 0.3))
    eta = X @ beta
    numpyro.sample(
        "s",
        censored(
            truncated(
                BetaBinomial(phi * expit(eta), phi * expit(-eta), trials),
                high=trunc_upper,
            ),
            cens,
            cens_upper,
        ),
        obs=s,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
