library(lme4)
fit <- lmer(Reaction ~ 1 + Days + w + n + k + one + `_u` + (1 | Subject), data = data)

library(brms)
fit <- brm(
  Reaction ~ 1 + Days + w + n + k + one + `_u` + (1 | Subject),
  data = data,
  family = gaussian()
)
