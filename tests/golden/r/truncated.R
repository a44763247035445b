# lme4 and its neighbours have no counterpart: `trunc(ub = 10)`

library(brms)
fit <- brm(k | trunc(ub = 10) ~ Days, data = data, family = poisson(link = "log"))
