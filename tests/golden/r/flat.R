library(lme4)
fit <- lmer(Reaction ~ Days + (Days | Subject), data = data)

library(brms)
fit <- brm(
  Reaction ~ Days + (Days | Subject),
  data = data,
  family = gaussian(),
  prior = c(
    set_prior("", class = "Intercept"),
    set_prior("", class = "sd"),
    prior(lkj(1), class = "cor", group = "Subject"),
    set_prior("", class = "sigma")
  )
)
