import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import censored, cumulative, half_t, ordered

numpyro.enable_x64()


def model(X, g, cens, cens_upper, grade=None):
    # common effects: x
    beta = numpyro.sample("beta", dist.Normal(0.0, 1.5).expand([1]))
    # thresholds between the levels of grade, in order
    # with their prior at the means of the columns of X
    threshold_at_means = numpyro.sample(
        "threshold@means",
        ordered(dist.Normal(0.0, 2.5), 3),
    )
    threshold = numpyro.deterministic(
        "threshold",
        threshold_at_means + jnp.array([1.6650188549320577]) @ beta,
    )
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    logits = threshold - eta[:, None]
    numpyro.sample(
        "grade",
        censored(dist.Categorical(logits=cumulative(logits)), cens, cens_upper),
        obs=grade,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
