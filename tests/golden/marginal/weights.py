from formix.engines.marginal.primitives import Prior, block, common, group, integrate


def model(X, g, offset, weights, y):
    # common effects: 1 + x
    # with the intercept's prior at the means of the others
    beta = common(
        X,
        Prior("Normal", 7.612, 6.549),
        Prior("Normal", 0.0, 3.929),
        at_means=True,
    )
    # group-level effects: (1 | g)
    r_g = group("g", g, 6, block(Prior("HalfStudentT", 3.0, 2.62)))
    # effects are integrated out; sampled: sd_g, sigma
    return integrate(
        y - offset,
        beta,
        [r_g],
        sigma=Prior("HalfStudentT", 3.0, 2.62),
        weights=weights,
    )


# from formix.engines.marginal.sampling import sample
# drawn = sample(model(**data), draws=1000, chains=4, seed=1)
