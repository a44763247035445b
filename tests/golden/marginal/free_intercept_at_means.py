from formix.engines.marginal.primitives import Prior, block, common, group, integrate


def model(X, g, y):
    # common effects: 1 + x + z
    # with the intercept's prior at the means of the others
    beta = common(
        X,
        Prior("Laplace", 3.0, 5.0),
        Prior("Normal", 0.0, 3.901),
        Prior("Uniform", -4.0, 4.0),
        at_means=True,
    )
    # group-level effects: (1 | g)
    r_g = group("g", g, 6, block(Prior("HalfStudentT", 3.0, 2.601)))
    # effects are integrated out; sampled: beta[Intercept@means], beta[z], sd_g, sigma
    return integrate(y, beta, [r_g], sigma=Prior("HalfStudentT", 3.0, 2.601))


# from formix.engines.marginal.sampling import sample
# drawn = sample(model(**data), draws=1000, chains=4, seed=1)
