import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, k, Z_k, k_c, Z_k_c, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 + x | k), correlated, non-centred
    sd_k = numpyro.sample("sd_k", half_t(3.0, jnp.array([2.601, 1.561])))
    L_k = numpyro.sample("L_k", dist.LKJCholesky(2, concentration=1.0))
    z_k = numpyro.sample("z_k", dist.Normal(jnp.zeros((4, 2)), 1.0))
    numpyro.deterministic("cor_k", L_k @ L_k.T)
    scaled_k = sd_k[:, None] * L_k
    r_k = numpyro.deterministic("r_k", z_k @ scaled_k.T)
    # group-level effects: (1 + x | k:c), correlated, non-centred
    sd_k_c = numpyro.sample("sd_k:c", half_t(3.0, jnp.array([2.601, 1.561])))
    L_k_c = numpyro.sample("L_k:c", dist.LKJCholesky(2, concentration=1.0))
    z_k_c = numpyro.sample("z_k:c", dist.Normal(jnp.zeros((12, 2)), 1.0))
    numpyro.deterministic("cor_k:c", L_k_c @ L_k_c.T)
    scaled_k_c = sd_k_c[:, None] * L_k_c
    r_k_c = numpyro.deterministic("r_k:c", z_k_c @ scaled_k_c.T)
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta
    eta += jnp.sum(Z_k * r_k[k], axis=-1)
    eta += jnp.sum(Z_k_c * r_k_c[k_c], axis=-1)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
