import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import dirichlet, half_t

numpyro.enable_x64()


def model(X, X_phi, g, cbind_p_a_p_b_p_d=None):
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
    # common effects of phi: 1 + x, with the intercept's prior at the mean of x (1.665)
    phi_at_means = numpyro.sample("phi.Intercept@means", dist.Normal(0.0, 2.5))
    phi_slopes = numpyro.sample("phi.slopes", dist.Normal(0.0, 1.5).expand([1]))
    phi_intercept = phi_at_means - jnp.array([1.6650188549320577]) @ phi_slopes
    phi_beta = numpyro.deterministic("phi.beta", jnp.append(phi_intercept, phi_slopes))
    # group-level effects of mu[p_b]: (1 | g), non-centred
    mu_p_b_sd_g = numpyro.sample("mu[p_b].sd_g", half_t(3.0, 1.0).expand([1]))
    mu_p_b_z_g = numpyro.sample("mu[p_b].z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    mu_p_b_r_g = numpyro.deterministic("mu[p_b].r_g", mu_p_b_z_g * mu_p_b_sd_g)
    # group-level effects of mu[p_d]: (1 | g), non-centred
    mu_p_d_sd_g = numpyro.sample("mu[p_d].sd_g", half_t(3.0, 1.0).expand([1]))
    mu_p_d_z_g = numpyro.sample("mu[p_d].z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    mu_p_d_r_g = numpyro.deterministic("mu[p_d].r_g", mu_p_d_z_g * mu_p_d_sd_g)
    # group-level effects of phi: (1 | g), non-centred
    phi_sd_g = numpyro.sample("phi.sd_g", half_t(3.0, 1.0).expand([1]))
    phi_z_g = numpyro.sample("phi.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    phi_r_g = numpyro.deterministic("phi.r_g", phi_z_g * phi_sd_g)
    # likelihood
    eta_mu_p_b = X @ mu_p_b_beta + mu_p_b_r_g[g, 0]
    eta_mu_p_d = X @ mu_p_d_beta + mu_p_d_r_g[g, 0]
    eta_phi = X_phi @ phi_beta + phi_r_g[g, 0]
    phi = jnp.exp(eta_phi)
    logits = jnp.stack([jnp.zeros_like(eta_mu_p_b), eta_mu_p_b, eta_mu_p_d], axis=-1)
    numpyro.sample(
        "cbind(p_a, p_b, p_d)",
        dirichlet(logits, phi),
        obs=cbind_p_a_p_b_p_d,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
