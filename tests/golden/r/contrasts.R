library(lme4)
fit <- lmer(
  Reaction ~ Days * kind + (1 | Subject),
  data = data,
  contrasts = list(kind = "contr.sum")
)

# beta[Days] ~ HalfNormal(3): brms has bounds for a whole class only
# sigma^2 ~ InverseGamma(1, 1): brms has no prior there
library(brms)
contrasts(data$kind) <- "contr.sum"
fit <- brm(
  Reaction ~ Days * kind + (1 | Subject),
  data = data,
  family = gaussian(),
  prior = c(
    prior(normal(298.5, 140.8), class = "Intercept"),
    prior(normal(0, 173), class = "b", coef = "kind1"),
    prior(normal(0, 166.8), class = "b", coef = "kind2"),
    prior(normal(0, 30.95), class = "b", coef = "Days:kind1"),
    prior(normal(0, 30.27), class = "b", coef = "Days:kind2"),
    prior(student_t(3, 0, 56.33), class = "sd", coef = "Intercept", group = "Subject")
  )
)
