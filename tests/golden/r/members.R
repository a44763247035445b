# lme4 and its neighbours have no counterpart: `mm()`

library(brms)
fit <- brm(
  Reaction ~ Days + (1 | mm(first, second)),
  data = data,
  family = gaussian(),
  prior = c(
    prior(normal(298.5, 140.8), class = "Intercept"),
    prior(normal(0, 48.89), class = "b", coef = "Days"),
    prior(student_t(3, 0, 56.33), class = "sd", coef = "Intercept", group = "mmfirstsecond"),
    prior(student_t(3, 0, 56.33), class = "sigma")
  )
)
