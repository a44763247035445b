import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, mm_g_second, weights_mm_g_second, Z_mm_g_second, y=None):
    # common effects: 1
    beta = numpyro.sample("beta", dist.Normal(6.576, 6.502).expand([1]))
    # group-level effects: (0 + x | mm(g, second, weights = cbind(w, v), scale = FALSE))
    # non-centred
    sd_mm_g_second = numpyro.sample("sd_mm(g, second)", half_t(3.0, 1.561).expand([1]))
    z_mm_g_second = numpyro.sample(
        "z_mm(g, second)",
        dist.Normal(jnp.zeros((7, 1)), 1.0),
    )
    r_mm_g_second = numpyro.deterministic(
        "r_mm(g, second)",
        z_mm_g_second * sd_mm_g_second,
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
