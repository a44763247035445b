import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, g, Z_g, k, Z_k, y=None):
    # common effects: 1
    beta = numpyro.sample("beta", dist.Normal(6.576, 6.502).expand([1]))
    # group-level effects: ar1(0 + f | g), autoregressive, non-centred
    sd_g_f_squared = numpyro.sample("sd_g[f]^2", dist.InverseGamma(2.0, 1.0))
    sd_g_f = numpyro.deterministic("sd_g[f]", jnp.sqrt(sd_g_f_squared))
    sd_g = numpyro.deterministic("sd_g", jnp.full(3, sd_g_f))
    rho_g = numpyro.sample("rho_g", dist.Beta(2.0, 2.0))
    L_g = jnp.linalg.cholesky(rho_g ** jnp.abs(jnp.arange(3)[:, None] - jnp.arange(3)))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 3)), 1.0))
    numpyro.deterministic("cor_g", L_g @ L_g.T)
    scaled_g = sd_g[:, None] * L_g
    r_g = numpyro.deterministic("r_g", z_g @ scaled_g.T)
    # group-level effects: cs(1 + x | k), one correlation, non-centred
    sd_k = numpyro.sample("sd_k", half_t(3.0, jnp.array([2.601, 1.561])))
    rho_k = numpyro.sample("rho_k", dist.TruncatedNormal(0.0, 0.5, low=-1.0, high=1.0))
    L_k = jnp.linalg.cholesky((1.0 - rho_k) * jnp.eye(2) + rho_k)
    z_k = numpyro.sample("z_k", dist.Normal(jnp.zeros((4, 2)), 1.0))
    numpyro.deterministic("cor_k", L_k @ L_k.T)
    scaled_k = sd_k[:, None] * L_k
    r_k = numpyro.deterministic("r_k", z_k @ scaled_k.T)
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta + jnp.sum(Z_g * r_g[g], axis=-1) + jnp.sum(Z_k * r_k[k], axis=-1)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
