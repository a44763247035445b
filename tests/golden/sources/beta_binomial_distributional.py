import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import BetaBinomial, half_t
from jax.scipy.special import expit

numpyro.enable_x64()


def model(X, X_phi, g, trials, s=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(0.0, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of phi: 1 + x, with the intercept's prior at the mean of x (1.665)
    phi_at_means = numpyro.sample("phi.Intercept@means", dist.Normal(0.0, 2.5))
    phi_slopes = numpyro.sample("phi.slopes", dist.Normal(0.0, 1.5).expand([1]))
    phi_intercept = phi_at_means - jnp.array([1.6650188549320577]) @ phi_slopes
    phi_beta = numpyro.deterministic("phi.beta", jnp.append(phi_intercept, phi_slopes))
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # group-level effects of phi: (1 | g), non-centred
    phi_sd_g = numpyro.sample("phi.sd_g", half_t(3.0, 1.0).expand([1]))
    phi_z_g = numpyro.sample("phi.z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    phi_r_g = numpyro.deterministic("phi.r_g", phi_z_g * phi_sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    eta_phi = X_phi @ phi_beta + phi_r_g[g, 0]
    phi = jnp.exp(eta_phi)
    numpyro.sample(
        "s",
        BetaBinomial(phi * expit(eta), phi * expit(-eta), trials),
        obs=s,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
