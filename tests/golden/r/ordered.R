library(ordinal)
fit <- clmm(kind ~ Days + (1 | Subject), data = data, link = "logit")

library(brms)
fit <- brm(
  kind ~ Days + (1 | Subject),
  data = data,
  family = cumulative(link = "logit"),
  prior = c(
    prior(normal(0, 2.5), class = "Intercept"),
    prior(normal(0, 0.868), class = "b", coef = "Days"),
    prior(student_t(3, 0, 1), class = "sd", coef = "Intercept", group = "Subject")
  )
)
