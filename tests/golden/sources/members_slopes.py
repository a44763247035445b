import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, mm_g_second, weights_mm_g_second, Z_mm_g_second, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 + x | mm(g, second, weights = cbind(w, v)))
    # correlated, non-centred
    sd_mm_g_second = numpyro.sample(
        "sd_mm(g, second)",
        half_t(3.0, jnp.array([2.601, 1.561])),
    )
    L_mm_g_second = numpyro.sample(
        "L_mm(g, second)",
        dist.LKJCholesky(2, concentration=1.0),
    )
    z_mm_g_second = numpyro.sample(
        "z_mm(g, second)",
        dist.Normal(jnp.zeros((7, 2)), 1.0),
    )
    numpyro.deterministic("cor_mm(g, second)", L_mm_g_second @ L_mm_g_second.T)
    scaled_mm_g_second = sd_mm_g_second[:, None] * L_mm_g_second
    r_mm_g_second = numpyro.deterministic(
        "r_mm(g, second)",
        z_mm_g_second @ scaled_mm_g_second.T,
    )
    rows_mm_g_second = jnp.sum(
        weights_mm_g_second[..., None] * r_mm_g_second[mm_g_second],
        axis=1,
    )
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta + jnp.sum(Z_mm_g_second * rows_mm_g_second, axis=-1)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
