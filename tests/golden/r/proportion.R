library(lme4)
fit <- glmer(
  cbind(k, n - k) ~ Days + (1 | Subject),
  data = data,
  family = binomial(link = "logit")
)

library(brms)
fit <- brm(
  k | trials(n) ~ Days + (1 | Subject),
  data = data,
  family = binomial(link = "logit")
)
