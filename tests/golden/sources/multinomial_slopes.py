import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, g, Z_g, trials, cbind_n_a_n_b_n_d=None):
    # common effects of mu[n_b]: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    mu_n_b_at_means = numpyro.sample("mu[n_b].Intercept@means", dist.Normal(0.0, 2.5))
    mu_n_b_slopes = numpyro.sample("mu[n_b].slopes", dist.Normal(0.0, 1.5).expand([1]))
    mu_n_b_intercept = mu_n_b_at_means - jnp.array([1.6650188549320577]) @ mu_n_b_slopes
    mu_n_b_beta = numpyro.deterministic(
        "mu[n_b].beta",
        jnp.append(mu_n_b_intercept, mu_n_b_slopes),
    )
    # common effects of mu[n_d]: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    mu_n_d_at_means = numpyro.sample("mu[n_d].Intercept@means", dist.Normal(0.0, 2.5))
    mu_n_d_slopes = numpyro.sample("mu[n_d].slopes", dist.Normal(0.0, 1.5).expand([1]))
    mu_n_d_intercept = mu_n_d_at_means - jnp.array([1.6650188549320577]) @ mu_n_d_slopes
    mu_n_d_beta = numpyro.deterministic(
        "mu[n_d].beta",
        jnp.append(mu_n_d_intercept, mu_n_d_slopes),
    )
    # group-level effects of mu[n_b]: (1 + x | g), correlated, non-centred
    mu_n_b_sd_g = numpyro.sample("mu[n_b].sd_g", half_t(3.0, jnp.array([1.0, 0.6])))
    mu_n_b_L_g = numpyro.sample("mu[n_b].L_g", dist.LKJCholesky(2, concentration=1.0))
    mu_n_b_z_g = numpyro.sample("mu[n_b].z_g", dist.Normal(jnp.zeros((6, 2)), 1.0))
    numpyro.deterministic("mu[n_b].cor_g", mu_n_b_L_g @ mu_n_b_L_g.T)
    mu_n_b_scaled_g = mu_n_b_sd_g[:, None] * mu_n_b_L_g
    mu_n_b_r_g = numpyro.deterministic("mu[n_b].r_g", mu_n_b_z_g @ mu_n_b_scaled_g.T)
    # group-level effects of mu[n_d]: (1 + x | g), correlated, non-centred
    mu_n_d_sd_g = numpyro.sample("mu[n_d].sd_g", half_t(3.0, jnp.array([1.0, 0.6])))
    mu_n_d_L_g = numpyro.sample("mu[n_d].L_g", dist.LKJCholesky(2, concentration=1.0))
    mu_n_d_z_g = numpyro.sample("mu[n_d].z_g", dist.Normal(jnp.zeros((6, 2)), 1.0))
    numpyro.deterministic("mu[n_d].cor_g", mu_n_d_L_g @ mu_n_d_L_g.T)
    mu_n_d_scaled_g = mu_n_d_sd_g[:, None] * mu_n_d_L_g
    mu_n_d_r_g = numpyro.deterministic("mu[n_d].r_g", mu_n_d_z_g @ mu_n_d_scaled_g.T)
    # likelihood
    eta_mu_n_b = X @ mu_n_b_beta + jnp.sum(Z_g * mu_n_b_r_g[g], axis=-1)
    eta_mu_n_d = X @ mu_n_d_beta + jnp.sum(Z_g * mu_n_d_r_g[g], axis=-1)
    logits = jnp.stack([jnp.zeros_like(eta_mu_n_b), eta_mu_n_b, eta_mu_n_d], axis=-1)
    numpyro.sample(
        "cbind(n_a, n_b, n_d)",
        dist.MultinomialLogits(logits, total_count=trials),
        obs=cbind_n_a_n_b_n_d,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
