import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, Subject, Z_Subject, Reaction=None):
    # common effects: 1 + Days, with the intercept's prior at the mean of Days (4.5)
    at_means = numpyro.sample("Intercept@means", dist.Normal(298.5, 140.8))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 48.89).expand([1]))
    intercept = at_means - jnp.array([4.5]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 + Days | Subject), correlated, non-centred
    sd_Subject = numpyro.sample("sd_Subject", half_t(3.0, jnp.array([56.33, 19.56])))
    L_Subject = numpyro.sample("L_Subject", dist.LKJCholesky(2, concentration=1.0))
    z_Subject = numpyro.sample("z_Subject", dist.Normal(jnp.zeros((18, 2)), 1.0))
    numpyro.deterministic("cor_Subject", L_Subject @ L_Subject.T)
    scaled_Subject = sd_Subject[:, None] * L_Subject
    r_Subject = numpyro.deterministic("r_Subject", z_Subject @ scaled_Subject.T)
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 56.33))
    eta = X @ beta + jnp.sum(Z_Subject * r_Subject[Subject], axis=-1)
    numpyro.sample("Reaction", dist.Normal(eta, sigma), obs=Reaction)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
