library(glmmTMB)
fit <- glmmTMB(
  k ~ Days + (1 | Subject),
  data = data,
  family = poisson(link = "log"),
  ziformula = ~ Days
)

library(brms)
fit <- brm(
  bf(k ~ Days + (1 | Subject), zi ~ Days),
  data = data,
  family = zero_inflated_poisson(link = "log")
)
