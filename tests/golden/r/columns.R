# lme4 and its neighbours have no counterpart: the family multinomial

library(brms)
data$y <- with(data, cbind(k, n, one))
data$size <- rowSums(data$y)
fit <- brm(y | trials(size) ~ Days + (1 | Subject), data = data, family = multinomial())
