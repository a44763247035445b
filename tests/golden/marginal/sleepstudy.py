from formix.engines.marginal.primitives import Prior, block, common, group, integrate


def model(X, Subject, Z_Subject, Reaction):
    # common effects: 1 + Days
    # with the intercept's prior at the means of the others
    beta = common(
        X,
        Prior("Normal", 298.5, 140.8),
        Prior("Normal", 0.0, 48.89),
        at_means=True,
    )
    # group-level effects: (1 + Days | Subject), correlated
    r_Subject = group(
        "Subject",
        Subject,
        18,
        block(
            Prior("HalfStudentT", 3.0, 56.33),
            Prior("HalfStudentT", 3.0, 19.56),
            cor=Prior("LKJ", 1.0),
        ),
        Z=Z_Subject,
    )
    # effects are integrated out; sampled: sd_Subject, cor_Subject, sigma
    return integrate(
        Reaction,
        beta,
        [r_Subject],
        sigma=Prior("HalfStudentT", 3.0, 56.33),
    )


# from formix.engines.marginal.sampling import sample
# drawn = sample(model(**data), draws=1000, chains=4, seed=1)
