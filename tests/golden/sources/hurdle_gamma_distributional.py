import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t
from jax.scipy.special import expit

numpyro.enable_x64()


def model(X, X_hu, g, gap=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(1.603, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of hu: 1 + x, with the intercept's prior at the mean of x (1.665)
    hu_at_means = numpyro.sample("hu.Intercept@means", dist.Logistic(0.0, 1.0))
    hu_slopes = numpyro.sample("hu.slopes", dist.Normal(0.0, 1.5).expand([1]))
    hu_intercept = hu_at_means - jnp.array([1.6650188549320577]) @ hu_slopes
    hu_beta = numpyro.deterministic("hu.beta", jnp.append(hu_intercept, hu_slopes))
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # group-level effects of hu: (1 | g), non-centred
    hu_sd_g = numpyro.sample("hu.sd_g", half_t(3.0, 1.0).expand([1]))
    hu_z_g = numpyro.sample("hu.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    hu_r_g = numpyro.deterministic("hu.r_g", hu_z_g * hu_sd_g)
    # likelihood
    shape = numpyro.sample("shape", dist.InverseGamma(0.4, 0.3))
    eta = X @ beta + r_g[g, 0]
    mu = jnp.exp(eta)
    eta_hu = X_hu @ hu_beta + hu_r_g[g, 0]
    hu = expit(eta_hu)
    numpyro.sample("gap", dist.HurdleGamma(hu, shape, shape / mu), obs=gap)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
