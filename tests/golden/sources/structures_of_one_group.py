import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t
from jax.scipy.linalg import block_diag

numpyro.enable_x64()


def model(X, g, Z_g, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 + x | g) + ar1(0 + f | g) + cs(0 + l | g)
    # correlated, autoregressive, one correlation, non-centred
    sd_g_Intercept = numpyro.sample("sd_g[Intercept]", half_t(3.0, 2.601))
    sd_g_x = numpyro.sample("sd_g[x]", half_t(3.0, 1.561))
    sd_g_f = numpyro.sample("sd_g[f]", half_t(3.0, 2.601))
    sd_g_l_False = numpyro.sample("sd_g[l[False]]", half_t(3.0, 2.601))
    sd_g_l_True = numpyro.sample("sd_g[l[True]]", half_t(3.0, 2.601))
    sd_g = numpyro.deterministic(
        "sd_g",
        jnp.stack(
            [sd_g_Intercept, sd_g_x, sd_g_f, sd_g_f, sd_g_f, sd_g_l_False, sd_g_l_True],
        ),
    )
    L_g_1 = numpyro.sample("L_g_1", dist.LKJCholesky(2, concentration=1.0))
    rho_g_2 = numpyro.sample("rho_g_2", dist.Uniform(-1.0, 1.0))
    L_g_2 = jnp.linalg.cholesky(
        rho_g_2 ** jnp.abs(jnp.arange(3)[:, None] - jnp.arange(3)),
    )
    rho_g_3 = numpyro.sample("rho_g_3", dist.Uniform(-1.0, 1.0))
    L_g_3 = jnp.linalg.cholesky((1.0 - rho_g_3) * jnp.eye(2) + rho_g_3)
    L_g = block_diag(L_g_1, L_g_2, L_g_3)
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 7)), 1.0))
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
