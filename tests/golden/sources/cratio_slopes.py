import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import continuing, half_t

numpyro.enable_x64()


def model(X, g, Z_g, grade=None):
    # common effects: x
    beta = numpyro.sample("beta", dist.Normal(0.0, 1.5).expand([1]))
    # thresholds between the levels of grade
    # with their prior at the means of the columns of X
    threshold_at_means = numpyro.sample(
        "threshold@means",
        dist.Normal(0.0, 2.5).expand([3]),
    )
    threshold = numpyro.deterministic(
        "threshold",
        threshold_at_means + jnp.array([1.6650188549320577]) @ beta,
    )
    # group-level effects: (1 + x | g), correlated, non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, jnp.array([1.0, 0.6])))
    L_g = numpyro.sample("L_g", dist.LKJCholesky(2, concentration=1.0))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 2)), 1.0))
    numpyro.deterministic("cor_g", L_g @ L_g.T)
    scaled_g = sd_g[:, None] * L_g
    r_g = numpyro.deterministic("r_g", z_g @ scaled_g.T)
    # likelihood
    eta = X @ beta + jnp.sum(Z_g * r_g[g], axis=-1)
    logits = eta[:, None] - threshold
    numpyro.sample("grade", dist.Categorical(logits=continuing(logits)), obs=grade)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
