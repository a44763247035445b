import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, k, k_c, kind=None):
    # common effects of mu[green]: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    mu_green_at_means = numpyro.sample(
        "mu[green].Intercept@means",
        dist.Normal(0.0, 2.5),
    )
    mu_green_slopes = numpyro.sample(
        "mu[green].slopes",
        dist.Normal(0.0, 1.5).expand([1]),
    )
    mu_green_shift = jnp.array([1.6650188549320577]) @ mu_green_slopes
    mu_green_intercept = mu_green_at_means - mu_green_shift
    mu_green_beta = numpyro.deterministic(
        "mu[green].beta",
        jnp.append(mu_green_intercept, mu_green_slopes),
    )
    # common effects of mu[red]: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    mu_red_at_means = numpyro.sample("mu[red].Intercept@means", dist.Normal(0.0, 2.5))
    mu_red_slopes = numpyro.sample("mu[red].slopes", dist.Normal(0.0, 1.5).expand([1]))
    mu_red_intercept = mu_red_at_means - jnp.array([1.6650188549320577]) @ mu_red_slopes
    mu_red_beta = numpyro.deterministic(
        "mu[red].beta",
        jnp.append(mu_red_intercept, mu_red_slopes),
    )
    # group-level effects of mu[green]: (1 | k), non-centred
    mu_green_sd_k = numpyro.sample("mu[green].sd_k", half_t(3.0, 1.0).expand([1]))
    mu_green_z_k = numpyro.sample("mu[green].z_k", dist.Normal(jnp.zeros((4, 1)), 1.0))
    mu_green_r_k = numpyro.deterministic("mu[green].r_k", mu_green_z_k * mu_green_sd_k)
    # group-level effects of mu[red]: (1 | k), non-centred
    mu_red_sd_k = numpyro.sample("mu[red].sd_k", half_t(3.0, 1.0).expand([1]))
    mu_red_z_k = numpyro.sample("mu[red].z_k", dist.Normal(jnp.zeros((4, 1)), 1.0))
    mu_red_r_k = numpyro.deterministic("mu[red].r_k", mu_red_z_k * mu_red_sd_k)
    # group-level effects of mu[green]: (1 | k:c), non-centred
    mu_green_sd_k_c = numpyro.sample("mu[green].sd_k:c", half_t(3.0, 1.0).expand([1]))
    mu_green_z_k_c = numpyro.sample(
        "mu[green].z_k:c",
        dist.Normal(jnp.zeros((12, 1)), 1.0),
    )
    mu_green_r_k_c = numpyro.deterministic(
        "mu[green].r_k:c",
        mu_green_z_k_c * mu_green_sd_k_c,
    )
    # group-level effects of mu[red]: (1 | k:c), non-centred
    mu_red_sd_k_c = numpyro.sample("mu[red].sd_k:c", half_t(3.0, 1.0).expand([1]))
    mu_red_z_k_c = numpyro.sample("mu[red].z_k:c", dist.Normal(jnp.zeros((12, 1)), 1.0))
    mu_red_r_k_c = numpyro.deterministic("mu[red].r_k:c", mu_red_z_k_c * mu_red_sd_k_c)
    # likelihood
    eta_mu_green = X @ mu_green_beta + mu_green_r_k[k, 0] + mu_green_r_k_c[k_c, 0]
    eta_mu_red = X @ mu_red_beta + mu_red_r_k[k, 0] + mu_red_r_k_c[k_c, 0]
    logits = jnp.stack(
        [jnp.zeros_like(eta_mu_green), eta_mu_green, eta_mu_red],
        axis=-1,
    )
    numpyro.sample("kind", dist.Categorical(logits=logits), obs=kind)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
