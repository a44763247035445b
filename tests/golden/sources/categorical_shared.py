import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, g, kind=None):
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
    # group-level effects of mu[green] and mu[red]: (1 | p | g)
    # correlated, non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([2]))
    L_g = numpyro.sample("L_g", dist.LKJCholesky(2, concentration=1.0))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 2)), 1.0))
    numpyro.deterministic("cor_g", L_g @ L_g.T)
    scaled_g = sd_g[:, None] * L_g
    r_g = numpyro.deterministic("r_g", z_g @ scaled_g.T)
    # likelihood
    eta_mu_green = X @ mu_green_beta + r_g[g, 0]
    eta_mu_red = X @ mu_red_beta + r_g[g, 1]
    logits = jnp.stack(
        [jnp.zeros_like(eta_mu_green), eta_mu_green, eta_mu_red],
        axis=-1,
    )
    numpyro.sample("kind", dist.Categorical(logits=logits), obs=kind)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
