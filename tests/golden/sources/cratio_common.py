import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import continuing

numpyro.enable_x64()


def model(X, X_means, grade=None):
    # common effects: x + f
    beta = numpyro.sample("beta", dist.Normal(0.0, jnp.array([1.5, 5.259, 5.259])))
    # thresholds between the levels of grade
    # with their prior at the means of the columns of X
    threshold_at_means = numpyro.sample(
        "threshold@means",
        dist.Normal(0.0, 2.5).expand([3]),
    )
    threshold = numpyro.deterministic("threshold", threshold_at_means + X_means @ beta)
    # likelihood
    eta = X @ beta
    logits = eta[:, None] - threshold
    numpyro.sample("grade", dist.Categorical(logits=continuing(logits)), obs=grade)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
