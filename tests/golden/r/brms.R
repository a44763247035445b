library(lme4)
fit <- lmer(Reaction ~ Days + (Days | Subject), data = data)

library(brms)
fit <- brm(Reaction ~ Days + (Days | Subject), data = data, family = gaussian())
