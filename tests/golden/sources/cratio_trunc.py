import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import continuing, truncated

numpyro.enable_x64()


def model(X, trunc_upper, grade=None):
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
        truncated(
            dist.Categorical(logits=continuing(logits)),
            low=0.0,
            high=trunc_upper,
        ),
        obs=grade,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
