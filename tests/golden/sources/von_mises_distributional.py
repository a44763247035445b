import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, X_kappa, g, angle=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(0.0, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of kappa: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    kappa_at_means = numpyro.sample("kappa.Intercept@means", dist.Normal(5.0, 0.8))
    kappa_slopes = numpyro.sample("kappa.slopes", dist.Normal(0.0, 1.5).expand([1]))
    kappa_intercept = kappa_at_means - jnp.array([1.6650188549320577]) @ kappa_slopes
    kappa_beta = numpyro.deterministic(
        "kappa.beta",
        jnp.append(kappa_intercept, kappa_slopes),
    )
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # group-level effects of kappa: (1 | g), non-centred
    kappa_sd_g = numpyro.sample("kappa.sd_g", half_t(3.0, 1.0).expand([1]))
    kappa_z_g = numpyro.sample("kappa.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    kappa_r_g = numpyro.deterministic("kappa.r_g", kappa_z_g * kappa_sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    mu = 2.0 * jnp.arctan(eta)
    eta_kappa = X_kappa @ kappa_beta + kappa_r_g[g, 0]
    kappa = jnp.exp(eta_kappa)
    numpyro.sample("angle", dist.VonMises(mu, kappa), obs=angle)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
