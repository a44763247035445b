from formix.engines.marginal.primitives import (
    Prior,
    block,
    common,
    group,
    integrate,
    priors,
)


def model(X, beta_scale, g, y):
    # common effects: 1 + poly(x, 4) + f + poly(x, 4):f
    # with the intercept's prior at the means of the others
    beta = common(
        X,
        Prior("Normal", 6.576, 6.502),
        *priors("Normal", 0.0, beta_scale),
        at_means=True,
    )
    # group-level effects: (1 | g)
    r_g = group("g", g, 6, block(Prior("HalfStudentT", 3.0, 2.601)))
    # effects are integrated out; sampled: sd_g, sigma
    return integrate(y, beta, [r_g], sigma=Prior("HalfStudentT", 3.0, 2.601))


# from formix.engines.marginal.sampling import sample
# drawn = sample(model(**data), draws=1000, chains=4, seed=1)
