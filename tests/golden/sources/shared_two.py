import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t
from jax.scipy.linalg import block_diag

numpyro.enable_x64()


def model(X, X_sigma, g, Z_g, Z_g_sigma, y=None):
    # common effects: 1
    beta = numpyro.sample("beta", dist.Normal(6.576, 6.502).expand([1]))
    # common effects of sigma: 1
    sigma_beta = numpyro.sample("sigma.beta", dist.Normal(0.9559, 2.5).expand([1]))
    # group-level effects of mu and sigma: (1 | p | g) + (0 + x | q | g)
    # correlated, non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, jnp.array([2.601, 1.0, 2.786, 1.561])))
    L_g_1 = numpyro.sample("L_g_1", dist.LKJCholesky(3, concentration=1.0))
    L_g = block_diag(L_g_1, jnp.eye(1))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 4)), 1.0))
    numpyro.deterministic("cor_g", L_g @ L_g.T)
    scaled_g = sd_g[:, None] * L_g
    r_g = numpyro.deterministic("r_g", z_g @ scaled_g.T)
    # likelihood
    eta = X @ beta + jnp.sum(Z_g * r_g[g[:, None], jnp.array([0, 3])], axis=-1)
    eta_sigma = X_sigma @ sigma_beta + jnp.sum(Z_g_sigma * r_g[g, 1:3], axis=-1)
    sigma = jnp.exp(eta_sigma)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
