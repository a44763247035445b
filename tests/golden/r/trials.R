library(lme4)
fit <- glmer(
  cbind(k, n - k) ~ Days + (Days || Subject),
  data = data,
  family = binomial(link = "logit")
)

library(brms)
fit <- brm(
  k | trials(n) ~ Days + (Days || Subject),
  data = data,
  family = binomial(link = "logit")
)
