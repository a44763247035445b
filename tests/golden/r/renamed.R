# lme4 and its neighbours have no counterpart: the family exgaussian
# lme4 and its neighbours have no counterpart: a formula of tau

library(brms)
fit <- brm(
  bf(Reaction ~ Days + (1 | Subject), beta ~ Days),
  data = data,
  family = exgaussian(link = "identity"),
  prior = c(
    prior(normal(298.5, 140.8), class = "Intercept"),
    prior(normal(0, 48.89), class = "b", coef = "Days"),
    prior(normal(4.031, 2.5), class = "Intercept", dpar = "beta"),
    prior(normal(0, 0.868), class = "b", coef = "Days", dpar = "beta"),
    prior(student_t(3, 0, 56.33), class = "sd", coef = "Intercept", group = "Subject"),
    prior(student_t(3, 0, 56.33), class = "sigma")
  )
)
