import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t
from jax.scipy.special import expit

numpyro.enable_x64()


def model(X, X_zi, g, trials, few=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(0.0, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of zi: 1 + x, with the intercept's prior at the mean of x (1.665)
    zi_at_means = numpyro.sample("zi.Intercept@means", dist.Logistic(0.0, 1.0))
    zi_slopes = numpyro.sample("zi.slopes", dist.Normal(0.0, 1.5).expand([1]))
    zi_intercept = zi_at_means - jnp.array([1.6650188549320577]) @ zi_slopes
    zi_beta = numpyro.deterministic("zi.beta", jnp.append(zi_intercept, zi_slopes))
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # group-level effects of zi: (1 | g), non-centred
    zi_sd_g = numpyro.sample("zi.sd_g", half_t(3.0, 1.0).expand([1]))
    zi_z_g = numpyro.sample("zi.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    zi_r_g = numpyro.deterministic("zi.r_g", zi_z_g * zi_sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    eta_zi = X_zi @ zi_beta + zi_r_g[g, 0]
    zi = expit(eta_zi)
    numpyro.sample(
        "few",
        dist.ZeroInflatedDistribution(dist.Binomial(trials, logits=eta), gate=zi),
        obs=few,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
