# lme4 and its neighbours have no counterpart: `weights(w, kind = "likelihood")`, a power of
# the likelihood

library(brms)
fit <- brm(
  Reaction | weights(w) ~ Days + (1 | Subject),
  data = data,
  family = gaussian()
)
