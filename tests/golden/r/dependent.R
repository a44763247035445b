library(lme4)
fit <- lmer(Reaction ~ Days + poly(Days, 2) + (1 | Subject), data = data)

# brms keeps `poly(Days, 2)1` and formix does not: dependent on earlier columns
library(brms)
fit <- brm(
  Reaction ~ Days + poly(Days, 2) + (1 | Subject),
  data = data,
  family = gaussian(),
  prior = c(
    prior(normal(298.5, 140.8), class = "Intercept"),
    prior(normal(0, 48.89), class = "b", coef = "Days"),
    prior(normal(0, 1884), class = "b", coef = "polyDays22"),
    prior(student_t(3, 0, 56.33), class = "sd", coef = "Intercept", group = "Subject"),
    prior(student_t(3, 0, 56.33), class = "sigma")
  )
)
