# lme4 and its neighbours have no counterpart: effects shared across formulas, `p`

library(brms)
fit <- brm(
  bf(Reaction ~ Days + (Days | p | Subject), sigma ~ Days + (1 | p | Subject)),
  data = data,
  family = gaussian(),
  prior = c(
    prior(normal(298.5, 140.8), class = "Intercept"),
    prior(normal(0, 48.89), class = "b", coef = "Days"),
    prior(normal(4.031, 2.5), class = "Intercept", dpar = "sigma"),
    prior(normal(0, 0.868), class = "b", coef = "Days", dpar = "sigma"),
    prior(student_t(3, 0, 56.33), class = "sd", coef = "Intercept", group = "Subject"),
    prior(student_t(3, 0, 19.56), class = "sd", coef = "Days", group = "Subject"),
    prior(student_t(3, 0, 1), class = "sd", coef = "Intercept", group = "Subject", dpar = "sigma"),
    prior(lkj(1), class = "cor", group = "Subject")
  )
)
