import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t
from jax.scipy.linalg import block_diag

numpyro.enable_x64()


def model(X, b_of_g, g, Z_g, y=None):
    # common effects: 1
    beta = numpyro.sample("beta", dist.Normal(6.576, 6.502).expand([1]))
    # group-level effects: (1 | gr(g, by = b)) + cs(0 + f | gr(g, by = b))
    # one correlation, non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 2.601).expand([2, 4]))
    rho_g = numpyro.sample("rho_g", dist.Uniform(-0.5, 1.0).expand([2]))
    L_g_2 = jnp.linalg.cholesky(
        (1.0 - rho_g[:, None, None]) * jnp.eye(3) + rho_g[:, None, None],
    )
    L_g = jax.vmap(block_diag)(jnp.broadcast_to(jnp.eye(1), (2, 1, 1)), L_g_2)
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 4)), 1.0))
    numpyro.deterministic("cor_g", L_g @ jnp.swapaxes(L_g, 1, 2))
    scaled_g = sd_g[..., None] * L_g
    r_g = numpyro.deterministic("r_g", jnp.einsum("lij,lj->li", scaled_g[b_of_g], z_g))
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta + jnp.sum(Z_g * r_g[g], axis=-1)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
