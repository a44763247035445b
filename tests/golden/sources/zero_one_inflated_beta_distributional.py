import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import InflatedBeta, half_t
from jax.scipy.special import expit

numpyro.enable_x64()


def model(X, X_zoi, X_coi, g, ends=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(0.0, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of zoi: 1 + x, with the intercept's prior at the mean of x (1.665)
    zoi_at_means = numpyro.sample("zoi.Intercept@means", dist.Logistic(0.0, 1.0))
    zoi_slopes = numpyro.sample("zoi.slopes", dist.Normal(0.0, 1.5).expand([1]))
    zoi_intercept = zoi_at_means - jnp.array([1.6650188549320577]) @ zoi_slopes
    zoi_beta = numpyro.deterministic("zoi.beta", jnp.append(zoi_intercept, zoi_slopes))
    # common effects of coi: 1 + z
    # with the intercept's prior at the mean of z (-1.036)
    coi_at_means = numpyro.sample("coi.Intercept@means", dist.Logistic(0.0, 1.0))
    coi_slopes = numpyro.sample("coi.slopes", dist.Normal(0.0, 6.964).expand([1]))
    coi_intercept = coi_at_means - jnp.array([-1.0358855218877951]) @ coi_slopes
    coi_beta = numpyro.deterministic("coi.beta", jnp.append(coi_intercept, coi_slopes))
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # group-level effects of zoi: (1 | g), non-centred
    zoi_sd_g = numpyro.sample("zoi.sd_g", half_t(3.0, 1.0).expand([1]))
    zoi_z_g = numpyro.sample("zoi.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    zoi_r_g = numpyro.deterministic("zoi.r_g", zoi_z_g * zoi_sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    eta_zoi = X_zoi @ zoi_beta + zoi_r_g[g, 0]
    zoi = expit(eta_zoi)
    eta_coi = X_coi @ coi_beta
    coi = expit(eta_coi)
    numpyro.sample(
        "ends",
        InflatedBeta(5.0 * expit(eta), 5.0 * expit(-eta), zoi * (1.0 - coi), zoi * coi),
        obs=ends,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
