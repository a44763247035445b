import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

numpyro.enable_x64()


def model(X, X_means, trials, cbind_n_a_n_b_n_d=None):
    # common effects of mu[n_b]: 1 + x + f
    # with the intercept's prior at the means of the others
    mu_n_b_at_means = numpyro.sample("mu[n_b].Intercept@means", dist.Normal(0.0, 2.5))
    mu_n_b_slopes = numpyro.sample(
        "mu[n_b].slopes",
        dist.Normal(0.0, jnp.array([1.5, 5.259, 5.259])),
    )
    mu_n_b_intercept = mu_n_b_at_means - X_means @ mu_n_b_slopes
    mu_n_b_beta = numpyro.deterministic(
        "mu[n_b].beta",
        jnp.append(mu_n_b_intercept, mu_n_b_slopes),
    )
    # common effects of mu[n_d]: 1 + x + f
    # with the intercept's prior at the means of the others
    mu_n_d_at_means = numpyro.sample("mu[n_d].Intercept@means", dist.Normal(0.0, 2.5))
    mu_n_d_slopes = numpyro.sample(
        "mu[n_d].slopes",
        dist.Normal(0.0, jnp.array([1.5, 5.259, 5.259])),
    )
    mu_n_d_intercept = mu_n_d_at_means - X_means @ mu_n_d_slopes
    mu_n_d_beta = numpyro.deterministic(
        "mu[n_d].beta",
        jnp.append(mu_n_d_intercept, mu_n_d_slopes),
    )
    # likelihood
    eta_mu_n_b = X @ mu_n_b_beta
    eta_mu_n_d = X @ mu_n_d_beta
    logits = jnp.stack([jnp.zeros_like(eta_mu_n_b), eta_mu_n_b, eta_mu_n_d], axis=-1)
    numpyro.sample(
        "cbind(n_a, n_b, n_d)",
        dist.MultinomialLogits(logits, total_count=trials),
        obs=cbind_n_a_n_b_n_d,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
