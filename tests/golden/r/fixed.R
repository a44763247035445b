# lme4 and its neighbours have no counterpart: `nu = 4`

library(brms)
fit <- brm(
  bf(Reaction ~ 0 + Days + (1 | Subject), nu = 4),
  data = data,
  family = student(),
  prior = c(
    prior(normal(0, 142.2), class = "b", coef = "Days"),
    prior(student_t(3, 0, 56.33), class = "sd", coef = "Intercept", group = "Subject"),
    prior(student_t(3, 0, 56.33), class = "sigma")
  )
)
