# lme4 and its neighbours have no counterpart: the family categorical

library(brms)
fit <- brm(
  kind ~ Days + (1 | Subject),
  data = data,
  family = categorical(),
  prior = c(
    prior(normal(0, 2.5), class = "Intercept", dpar = "mumid"),
    prior(normal(0, 0.868), class = "b", coef = "Days", dpar = "mumid"),
    prior(normal(0, 2.5), class = "Intercept", dpar = "muhigh"),
    prior(normal(0, 0.868), class = "b", coef = "Days", dpar = "muhigh"),
    prior(student_t(3, 0, 1), class = "sd", coef = "Intercept", group = "Subject", dpar = "mumid"),
    prior(student_t(3, 0, 1), class = "sd", coef = "Intercept", group = "Subject", dpar = "muhigh")
  )
)
