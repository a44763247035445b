import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import SkewNormal, half_t

numpyro.enable_x64()


def model(X, X_sigma, X_alpha, g, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of sigma: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    sigma_at_means = numpyro.sample("sigma.Intercept@means", dist.Normal(0.9559, 2.5))
    sigma_slopes = numpyro.sample("sigma.slopes", dist.Normal(0.0, 1.5).expand([1]))
    sigma_intercept = sigma_at_means - jnp.array([1.6650188549320577]) @ sigma_slopes
    sigma_beta = numpyro.deterministic(
        "sigma.beta",
        jnp.append(sigma_intercept, sigma_slopes),
    )
    # common effects of alpha: 1 + z
    # with the intercept's prior at the mean of z (-1.036)
    alpha_at_means = numpyro.sample("alpha.Intercept@means", dist.Normal(0.0, 4.0))
    alpha_slopes = numpyro.sample("alpha.slopes", dist.Normal(0.0, 6.964).expand([1]))
    alpha_intercept = alpha_at_means - jnp.array([-1.0358855218877951]) @ alpha_slopes
    alpha_beta = numpyro.deterministic(
        "alpha.beta",
        jnp.append(alpha_intercept, alpha_slopes),
    )
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 2.601).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # group-level effects of sigma: (1 | g), non-centred
    sigma_sd_g = numpyro.sample("sigma.sd_g", half_t(3.0, 1.0).expand([1]))
    sigma_z_g = numpyro.sample("sigma.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    sigma_r_g = numpyro.deterministic("sigma.r_g", sigma_z_g * sigma_sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    eta_sigma = X_sigma @ sigma_beta + sigma_r_g[g, 0]
    sigma = jnp.exp(eta_sigma)
    eta_alpha = X_alpha @ alpha_beta
    numpyro.sample("y", SkewNormal(eta, sigma, eta_alpha), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
