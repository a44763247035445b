import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

numpyro.enable_x64()


def model(X, X_means, kind=None):
    # common effects of mu[green]: 1 + x + f
    # with the intercept's prior at the means of the others
    mu_green_at_means = numpyro.sample(
        "mu[green].Intercept@means",
        dist.Normal(0.0, 2.5),
    )
    mu_green_slopes = numpyro.sample(
        "mu[green].slopes",
        dist.Normal(0.0, jnp.array([1.5, 5.259, 5.259])),
    )
    mu_green_intercept = mu_green_at_means - X_means @ mu_green_slopes
    mu_green_beta = numpyro.deterministic(
        "mu[green].beta",
        jnp.append(mu_green_intercept, mu_green_slopes),
    )
    # common effects of mu[red]: 1 + x + f
    # with the intercept's prior at the means of the others
    mu_red_at_means = numpyro.sample("mu[red].Intercept@means", dist.Normal(0.0, 2.5))
    mu_red_slopes = numpyro.sample(
        "mu[red].slopes",
        dist.Normal(0.0, jnp.array([1.5, 5.259, 5.259])),
    )
    mu_red_intercept = mu_red_at_means - X_means @ mu_red_slopes
    mu_red_beta = numpyro.deterministic(
        "mu[red].beta",
        jnp.append(mu_red_intercept, mu_red_slopes),
    )
    # likelihood
    eta_mu_green = X @ mu_green_beta
    eta_mu_red = X @ mu_red_beta
    logits = jnp.stack(
        [jnp.zeros_like(eta_mu_green), eta_mu_green, eta_mu_red],
        axis=-1,
    )
    numpyro.sample("kind", dist.Categorical(logits=logits), obs=kind)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
