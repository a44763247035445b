# in older glmmTMB, 1.1.5 among them, dispformula is of the log variance, not the log sd
library(glmmTMB)
fit <- glmmTMB(Reaction ~ Days, data = data, dispformula = ~ Days)

library(brms)
fit <- brm(bf(Reaction ~ Days, sigma ~ Days), data = data, family = gaussian())
