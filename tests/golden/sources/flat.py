import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

numpyro.enable_x64()


def model(X, g, Z_g, y=None):
    # common effects: 1 + x
    beta = numpyro.sample("beta", dist.ImproperUniform(dist.constraints.real, (), (2,)))
    # group-level effects: (1 + x | g), correlated, non-centred
    sd_g = numpyro.sample(
        "sd_g",
        dist.ImproperUniform(dist.constraints.positive, (), (2,)),
    )
    L_g = numpyro.sample("L_g", dist.LKJCholesky(2, concentration=1.0))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 2)), 1.0))
    numpyro.deterministic("cor_g", L_g @ L_g.T)
    scaled_g = sd_g[:, None] * L_g
    r_g = numpyro.deterministic("r_g", z_g @ scaled_g.T)
    # likelihood
    sigma = numpyro.sample(
        "sigma",
        dist.ImproperUniform(dist.constraints.positive, (), ()),
    )
    eta = X @ beta + jnp.sum(Z_g * r_g[g], axis=-1)
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
