import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t
from jax.scipy.linalg import block_diag

numpyro.enable_x64()


def model(X, X_sigma, X_nu, g, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of sigma: 1
    sigma_beta = numpyro.sample("sigma.beta", dist.Normal(0.9559, 2.5).expand([1]))
    # common effects of nu: 1
    nu_beta = numpyro.sample("nu.beta", dist.Normal(2.7, 0.8).expand([1]))
    # group-level effects of mu and sigma and nu: (1 | g) + (1 | p | g)
    # correlated, non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, jnp.array([2.601, 1.0, 1.0])))
    L_g_2 = numpyro.sample("L_g_2", dist.LKJCholesky(2, concentration=1.0))
    L_g = block_diag(jnp.eye(1), L_g_2)
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 3)), 1.0))
    numpyro.deterministic("cor_g", L_g @ L_g.T)
    scaled_g = sd_g[:, None] * L_g
    r_g = numpyro.deterministic("r_g", z_g @ scaled_g.T)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    eta_sigma = X_sigma @ sigma_beta + r_g[g, 1]
    sigma = jnp.exp(eta_sigma)
    eta_nu = X_nu @ nu_beta + r_g[g, 2]
    nu = jnp.exp(eta_nu)
    numpyro.sample("y", dist.StudentT(nu, eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
