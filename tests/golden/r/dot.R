# `.` stands for Days, w, n, k, one, half, kind, _u, half_of, first and second (not the
# response Reaction, nor the group Subject, which lme4 counts in)
library(lme4)
fit <- lmer(Reaction ~ 1 + Days + w + n + k + one + `_u` + (1 | Subject), data = data)

# brms keeps `n`, `one` and formix does not: dependent on earlier columns
library(brms)
fit <- brm(
  Reaction ~ 1 + Days + w + n + k + one + `_u` + (1 | Subject),
  data = data,
  family = gaussian()
)
