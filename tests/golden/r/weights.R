library(lme4)
fit <- lmer(
  Reaction ~ scale(Days) + I(Days^2) + (1 | Subject),
  data = data,
  weights = w
)

# precision weights: brms's weights() would multiply the log likelihood; on the log link
# sigma ~ offset(-0.5 * log(w)) has them
library(brms)
fit <- brm(
  Reaction ~ scale(Days) + I(Days^2) + (1 | Subject),
  data = data,
  family = gaussian(),
  prior = c(
    prior(normal(298.5, 140.8), class = "Intercept"),
    prior(normal(0, 9), class = "b", coef = "scaleDays"),
    prior(normal(0, 5.23), class = "b", coef = "IDaysE2"),
    prior(normal(0, 50), class = "sd", coef = "Intercept", group = "Subject"),
    prior(student_t(3, 0, 56.33), class = "sigma")
  )
)
