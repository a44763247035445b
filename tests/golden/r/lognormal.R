library(lme4)
fit <- lmer(log(Reaction) ~ Days + (1 | Subject), data = data)

library(brms)
fit <- brm(Reaction ~ Days + (1 | Subject), data = data, family = lognormal())
