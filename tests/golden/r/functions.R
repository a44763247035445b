library(glmmTMB)
fit <- glmmTMB(
  log(Reaction) ~ log1p(Days) + offset(w) + diag(Days | Subject),
  data = data
)

library(brms)
fit <- brm(
  log(Reaction) ~ log1p(Days) + offset(w) + (Days || Subject),
  data = data,
  family = gaussian(),
  prior = c(
    prior(normal(3.682, 2.103), class = "Intercept"),
    prior(normal(0, 3.016), class = "b", coef = "log1pDays"),
    prior(student_t(3, 0, 0.8414), class = "sd", coef = "Intercept", group = "Subject"),
    prior(student_t(3, 0, 0.2921), class = "sd", coef = "Days", group = "Subject"),
    prior(student_t(3, 0, 0.8414), class = "sigma")
  )
)
