import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, b_of_g, L_A, g, Z_g, y=None):
    # common effects: 1
    beta = numpyro.sample("beta", dist.Normal(6.576, 6.502).expand([1]))
    # group-level effects: (1 + x | gr(g, by = b, cov = A, dist = "student"))
    # correlated, non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, jnp.array([2.601, 1.561])).expand([2, 2]))
    L_g = numpyro.sample("L_g", dist.LKJCholesky(2, concentration=1.0).expand([2]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 2)), 1.0))
    numpyro.deterministic("cor_g", L_g @ jnp.swapaxes(L_g, 1, 2))
    scaled_g = sd_g[..., None] * L_g
    df_g = numpyro.sample("df_g", dist.Gamma(2.0, 0.1))
    precision_g = numpyro.sample(
        "precision_g",
        dist.Gamma(0.5 * df_g, 0.5 * df_g).expand([6]),
    )
    normal_g = jnp.einsum("lij,lj->li", scaled_g[b_of_g], L_A @ z_g)
    r_g = numpyro.deterministic("r_g", normal_g / jnp.sqrt(precision_g)[:, None])
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta + jnp.sum(Z_g * r_g[g], axis=-1)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
