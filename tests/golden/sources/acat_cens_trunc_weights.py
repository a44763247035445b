import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import adjacent, censored, truncated, weighted

numpyro.enable_x64()


def model(X, cens, cens_upper, trunc_upper, likelihood_weights, grade=None):
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
    # likelihood
    eta = X @ beta
    logits = eta[:, None] - threshold
    numpyro.sample(
        "grade",
        weighted(
            censored(
                truncated(dist.Categorical(logits=adjacent(logits)), high=trunc_upper),
                cens,
                cens_upper,
            ),
            likelihood_weights,
        ),
        obs=grade,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
