library(lme4)
fit <- glmer(
  Reaction ~ Days + w + (1 | Subject),
  data = data,
  family = Gamma(link = "log")
)

# beta ~ Horseshoe(df=1, scale_global=1, df_global=1, scale_slab=2, df_slab=4): brms takes
# coefficients as they are, formix in units of the residual sd over the sd of the column
library(brms)
fit <- brm(
  Reaction ~ Days + w + (1 | Subject),
  data = data,
  family = Gamma(link = "log"),
  prior = c(
    prior(normal(5.699, 2.5), class = "Intercept"),
    prior(horseshoe(1, 1, 1, 2, 4), class = "b"),
    prior(student_t(3, 0, 1), class = "sd", coef = "Intercept", group = "Subject"),
    prior(inv_gamma(0.4, 0.3), class = "shape")
  )
)
