from formix.engines.marginal.primitives import Prior, block, common, group, integrate


def model(X, g, Z_g, se, y):
    # common effects: 1 + x
    # with the intercept's prior at the means of the others
    beta = common(
        X,
        Prior("Normal", 6.576, 6.502),
        Prior("Normal", 0.0, 3.901),
        at_means=True,
    )
    # group-level effects: (1 + x | g), correlated
    r_g = group(
        "g",
        g,
        6,
        block(
            Prior("HalfStudentT", 3.0, 2.601),
            Prior("HalfStudentT", 3.0, 1.561),
            cor=Prior("LKJ", 1.0),
        ),
        Z=Z_g,
    )
    # effects are integrated out; sampled: sd_g, cor_g
    return integrate(y, beta, [r_g], se=se)


# from formix.engines.marginal.sampling import sample
# drawn = sample(model(**data), draws=1000, chains=4, seed=1)
