fit <- glm(k ~ Days, data = data, family = poisson(link = "log"))

library(brms)
fit <- brm(k ~ Days, data = data, family = poisson(link = "log"))
