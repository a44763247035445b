library(glmmTMB)
fit <- glmmTMB(Reaction ~ Days + cs(0 + kind | Subject), data = data)

# brms has no counterpart: `cs()`
