import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, X_means, g, Z_g, log_y_10=None):
    # common effects: 1 + `odd name` + lambda
    # with the intercept's prior at the means of the others
    at_means = numpyro.sample("Intercept@means", dist.Normal(2.796, 0.4012))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, jnp.array([0.4169, 0.4485])))
    intercept = at_means - X_means @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 + lambda | g), correlated, non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, jnp.array([0.1605, 0.1794])))
    L_g = numpyro.sample("L_g", dist.LKJCholesky(2, concentration=1.0))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 2)), 1.0))
    numpyro.deterministic("cor_g", L_g @ L_g.T)
    scaled_g = sd_g[:, None] * L_g
    r_g = numpyro.deterministic("r_g", z_g @ scaled_g.T)
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 0.1605))
    eta = X @ beta + jnp.sum(Z_g * r_g[g], axis=-1)
    numpyro.sample("log(y + 10)", dist.Normal(eta, sigma), obs=log_y_10)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
