# (1 + kind || Subject): every column has its own standard deviation and none is correlated;
# lme4 1.x keeps the columns of `kind` correlated
library(lme4)
fit <- lmer(Reaction ~ Days + (kind || Subject), data = data)

library(brms)
fit <- brm(Reaction ~ Days + (kind || Subject), data = data, family = gaussian())
