import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

numpyro.enable_x64()


def model(X, X_sigma, X_nu, offset_sigma, y=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 3.901).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # common effects of sigma: 1 + x
    # with the intercept's prior at the mean of x (1.665)
    sigma_at_means = numpyro.sample("sigma.Intercept@means", dist.Normal(0.9559, 2.5))
    sigma_slopes = numpyro.sample("sigma.slopes", dist.Normal(0.0, 1.5).expand([1]))
    sigma_intercept = sigma_at_means - jnp.array([1.6650188549320577]) @ sigma_slopes
    sigma_beta = numpyro.deterministic(
        "sigma.beta",
        jnp.append(sigma_intercept, sigma_slopes),
    )
    # common effects of nu: 1 + z, with the intercept's prior at the mean of z (-1.036)
    nu_at_means = numpyro.sample("nu.Intercept@means", dist.Normal(2.7, 0.8))
    nu_slopes = numpyro.sample("nu.slopes", dist.Normal(0.0, 6.964).expand([1]))
    nu_intercept = nu_at_means - jnp.array([-1.0358855218877951]) @ nu_slopes
    nu_beta = numpyro.deterministic("nu.beta", jnp.append(nu_intercept, nu_slopes))
    # likelihood
    eta = X @ beta
    eta_sigma = X_sigma @ sigma_beta + offset_sigma
    sigma = jnp.exp(eta_sigma)
    eta_nu = X_nu @ nu_beta
    nu = jnp.exp(eta_nu)
    numpyro.sample("y", dist.StudentT(nu, eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
