library(lme4)
fit <- lmer(Reaction ~ Days + (Days | Subject), data = data)

library(brms)
fit <- brm(
  Reaction ~ Days + (Days | Subject),
  data = data,
  family = gaussian(),
  prior = c(
    prior(normal(298.5, 140.8), class = "Intercept"),
    prior(normal(0, 48.89), class = "b", coef = "Days"),
    prior(student_t(3, 0, 56.33), class = "sd", coef = "Intercept", group = "Subject"),
    prior(student_t(3, 0, 19.56), class = "sd", coef = "Days", group = "Subject"),
    prior(lkj(1), class = "cor", group = "Subject"),
    prior(student_t(3, 0, 56.33), class = "sigma")
  )
)
