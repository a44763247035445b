import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import dirichlet, half_t

numpyro.enable_x64()


def model(X, k, k_c, cbind_p_a_p_b_p_d=None):
    # common effects of mu[p_b]: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    mu_p_b_at_means = numpyro.sample("mu[p_b].Intercept@means", dist.Normal(0.0, 2.5))
    mu_p_b_slopes = numpyro.sample("mu[p_b].slopes", dist.Normal(0.0, 1.5).expand([1]))
    mu_p_b_intercept = mu_p_b_at_means - jnp.array([1.6650188549320577]) @ mu_p_b_slopes
    mu_p_b_beta = numpyro.deterministic(
        "mu[p_b].beta",
        jnp.append(mu_p_b_intercept, mu_p_b_slopes),
    )
    # common effects of mu[p_d]: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    mu_p_d_at_means = numpyro.sample("mu[p_d].Intercept@means", dist.Normal(0.0, 2.5))
    mu_p_d_slopes = numpyro.sample("mu[p_d].slopes", dist.Normal(0.0, 1.5).expand([1]))
    mu_p_d_intercept = mu_p_d_at_means - jnp.array([1.6650188549320577]) @ mu_p_d_slopes
    mu_p_d_beta = numpyro.deterministic(
        "mu[p_d].beta",
        jnp.append(mu_p_d_intercept, mu_p_d_slopes),
    )
    # group-level effects of mu[p_b]: (1 | k), non-centred
    mu_p_b_sd_k = numpyro.sample("mu[p_b].sd_k", half_t(3.0, 1.0).expand([1]))
    mu_p_b_z_k = numpyro.sample("mu[p_b].z_k", dist.Normal(jnp.zeros((4, 1)), 1.0))
    mu_p_b_r_k = numpyro.deterministic("mu[p_b].r_k", mu_p_b_z_k * mu_p_b_sd_k)
    # group-level effects of mu[p_d]: (1 | k), non-centred
    mu_p_d_sd_k = numpyro.sample("mu[p_d].sd_k", half_t(3.0, 1.0).expand([1]))
    mu_p_d_z_k = numpyro.sample("mu[p_d].z_k", dist.Normal(jnp.zeros((4, 1)), 1.0))
    mu_p_d_r_k = numpyro.deterministic("mu[p_d].r_k", mu_p_d_z_k * mu_p_d_sd_k)
    # group-level effects of mu[p_b]: (1 | k:c), non-centred
    mu_p_b_sd_k_c = numpyro.sample("mu[p_b].sd_k:c", half_t(3.0, 1.0).expand([1]))
    mu_p_b_z_k_c = numpyro.sample("mu[p_b].z_k:c", dist.Normal(jnp.zeros((12, 1)), 1.0))
    mu_p_b_r_k_c = numpyro.deterministic("mu[p_b].r_k:c", mu_p_b_z_k_c * mu_p_b_sd_k_c)
    # group-level effects of mu[p_d]: (1 | k:c), non-centred
    mu_p_d_sd_k_c = numpyro.sample("mu[p_d].sd_k:c", half_t(3.0, 1.0).expand([1]))
    mu_p_d_z_k_c = numpyro.sample("mu[p_d].z_k:c", dist.Normal(jnp.zeros((12, 1)), 1.0))
    mu_p_d_r_k_c = numpyro.deterministic("mu[p_d].r_k:c", mu_p_d_z_k_c * mu_p_d_sd_k_c)
    # likelihood
    phi = numpyro.sample("phi", dist.InverseGamma(0.4, 0.3))
    eta_mu_p_b = X @ mu_p_b_beta + mu_p_b_r_k[k, 0] + mu_p_b_r_k_c[k_c, 0]
    eta_mu_p_d = X @ mu_p_d_beta + mu_p_d_r_k[k, 0] + mu_p_d_r_k_c[k_c, 0]
    logits = jnp.stack([jnp.zeros_like(eta_mu_p_b), eta_mu_p_b, eta_mu_p_d], axis=-1)
    numpyro.sample(
        "cbind(p_a, p_b, p_d)",
        dirichlet(logits, phi),
        obs=cbind_p_a_p_b_p_d,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
