# lme4 and its neighbours have no counterpart: `gr()`

# sd_Subject[a, Intercept] ~ HalfStudentT(3, 56.33): default_prior() of brms lists where it
# has such a prior, if it has
# sd_Subject[a, Days] ~ HalfStudentT(3, 19.56): default_prior() of brms lists where it has
# such a prior, if it has
# sd_Subject[b, Intercept] ~ HalfStudentT(3, 56.33): default_prior() of brms lists where it
# has such a prior, if it has
# sd_Subject[b, Days] ~ HalfStudentT(3, 19.56): default_prior() of brms lists where it has
# such a prior, if it has
library(brms)
fit <- brm(
  Reaction ~ Days + (Days | gr(Subject, by = half_of)),
  data = data,
  family = gaussian(),
  prior = c(
    prior(normal(298.5, 140.8), class = "Intercept"),
    prior(normal(0, 48.89), class = "b", coef = "Days"),
    prior(lkj(1), class = "cor", group = "Subject"),
    prior(student_t(3, 0, 56.33), class = "sigma")
  )
)
