library(lme4)
library(splines)
fit <- glmer(
  cbind(k, n - k) ~ scale(Days, scale = FALSE) + bs(Days) + `_u` + (1 | Subject),
  data = data,
  family = binomial(link = "logit")
)

# brms keeps `bs(Days)3` and formix does not: dependent on earlier columns
library(brms)
library(splines)
fit <- brm(
  k | trials(n) ~ scale(Days, scale = FALSE) + bs(Days) + `_u` + (1 | Subject),
  data = data,
  family = binomial(link = "logit"),
  prior = c(
    prior(normal(0, 2.5), class = "Intercept"),
    prior(normal(0, 0.868), class = "b", coef = "scaleDaysscaleEQFALSE"),
    prior(normal(0, 14.97), class = "b", coef = "bsDays1"),
    prior(normal(0, 14.97), class = "b", coef = "bsDays2"),
    prior(normal(0, 1.251), class = "b", coef = "_u"),
    prior(student_t(3, 0, 1), class = "sd", coef = "Intercept", group = "Subject")
  )
)
