library(glmmTMB)
fit <- glmmTMB(
  k ~ Days + (1 | Subject) + offset(log(w)),
  data = data,
  family = nbinom2(link = "log")
)

library(brms)
fit <- brm(
  k | rate(w) ~ Days + (1 | Subject),
  data = data,
  family = negbinomial(link = "log"),
  prior = c(
    prior(normal(0.6938, 2.5), class = "Intercept"),
    prior(normal(0, 0.868), class = "b", coef = "Days"),
    prior(student_t(3, 0, 1), class = "sd", coef = "Intercept", group = "Subject"),
    prior(inv_gamma(0.4, 0.3), class = "shape")
  )
)
