import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, g, Z_g, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: ar1(0 + f | g), autoregressive, non-centred
    sd_g_f = numpyro.sample("sd_g[f]", half_t(3.0, 2.601))
    sd_g = numpyro.deterministic("sd_g", jnp.full(3, sd_g_f))
    rho_g = numpyro.sample("rho_g", dist.Uniform(-1.0, 1.0))
    L_g = jnp.linalg.cholesky(rho_g ** jnp.abs(jnp.arange(3)[:, None] - jnp.arange(3)))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 3)), 1.0))
    numpyro.deterministic("cor_g", L_g @ L_g.T)
    scaled_g = sd_g[:, None] * L_g
    r_g = numpyro.deterministic("r_g", z_g @ scaled_g.T)
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta + jnp.sum(Z_g * r_g[g], axis=-1)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
