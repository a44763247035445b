import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import dirichlet

numpyro.enable_x64()


def model(X, X_means, cbind_p_a_p_b_p_d=None):
    # common effects of mu[p_b]: 1 + x + f
    # with the intercept's prior at the means of the others
    mu_p_b_at_means = numpyro.sample("mu[p_b].Intercept@means", dist.Normal(0.0, 2.5))
    mu_p_b_slopes = numpyro.sample(
        "mu[p_b].slopes",
        dist.Normal(0.0, jnp.array([1.5, 5.259, 5.259])),
    )
    mu_p_b_intercept = mu_p_b_at_means - X_means @ mu_p_b_slopes
    mu_p_b_beta = numpyro.deterministic(
        "mu[p_b].beta",
        jnp.append(mu_p_b_intercept, mu_p_b_slopes),
    )
    # common effects of mu[p_d]: 1 + x + f
    # with the intercept's prior at the means of the others
    mu_p_d_at_means = numpyro.sample("mu[p_d].Intercept@means", dist.Normal(0.0, 2.5))
    mu_p_d_slopes = numpyro.sample(
        "mu[p_d].slopes",
        dist.Normal(0.0, jnp.array([1.5, 5.259, 5.259])),
    )
    mu_p_d_intercept = mu_p_d_at_means - X_means @ mu_p_d_slopes
    mu_p_d_beta = numpyro.deterministic(
        "mu[p_d].beta",
        jnp.append(mu_p_d_intercept, mu_p_d_slopes),
    )
    # likelihood
    phi = numpyro.sample("phi", dist.InverseGamma(0.4, 0.3))
    eta_mu_p_b = X @ mu_p_b_beta
    eta_mu_p_d = X @ mu_p_d_beta
    logits = jnp.stack([jnp.zeros_like(eta_mu_p_b), eta_mu_p_b, eta_mu_p_d], axis=-1)
    numpyro.sample(
        "cbind(p_a, p_b, p_d)",
        dirichlet(logits, phi),
        obs=cbind_p_a_p_b_p_d,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
