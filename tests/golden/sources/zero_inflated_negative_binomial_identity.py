import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, offset, g, rare=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(-41.67, 10.48))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 6.29).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 4.193).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # likelihood
    shape = numpyro.sample("shape", dist.InverseGamma(0.4, 0.3))
    zi = numpyro.sample("zi", dist.Beta(1.0, 1.0))
    eta = X @ beta + offset + r_g[g, 0]
    numpyro.sample(
        "rare",
        dist.ZeroInflatedDistribution(
            dist.NegativeBinomialLogits(shape, jnp.log(eta / shape)),
            gate=zi,
        ),
        obs=rare,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
