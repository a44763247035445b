from formix.engines.marginal.primitives import Prior, block, group, integrate


def model(g, y):
    # group-level effects: (1 | g)
    r_g = group("g", g, 6, block(Prior("HalfStudentT", 3.0, 2.601)))
    # effects are integrated out; sampled: sd_g, sigma
    return integrate(y, groups=[r_g], sigma=Prior("HalfStudentT", 3.0, 2.601))


# from formix.engines.marginal.sampling import sample
# drawn = sample(model(**data), draws=1000, chains=4, seed=1)
