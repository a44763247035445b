library(lme4)
fit <- glmer(
  as.integer(half == "b") ~ Days + (1 | Subject),
  data = data,
  family = binomial(link = "logit")
)

library(brms)
fit <- brm(
  as.integer(half == "b") ~ Days + (1 | Subject),
  data = data,
  family = bernoulli(link = "logit"),
  prior = c(
    set_prior("", class = "Intercept"),
    set_prior("", class = "sd")
  )
)
