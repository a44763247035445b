# The summaries that the golden texts were read beside: Rscript lme4.R > lme4.txt, in this folder.
# R 4.2.2, lme4 1.1-31.
suppressMessages(library(lme4))
read <- function(name, factors) {
  data <- read.csv(file.path("..", "..", "..", "data", paste0(name, ".csv")), stringsAsFactors = TRUE)
  data[factors] <- lapply(data[factors], factor)
  data
}
show <- function(name, fit) {
  cat("=== ", name, "\n", sep = "")
  print(summary(fit))
}
sleepstudy <- read("sleepstudy", "Subject")
show("sleepstudy", lmer(Reaction ~ Days + (Days | Subject), sleepstudy))
show("sleepstudy_ml", lmer(Reaction ~ Days + (Days | Subject), sleepstudy, REML = FALSE))
show("uncorrelated", lmer(Reaction ~ Days + (Days || Subject), sleepstudy))
show("pastes", lmer(strength ~ 1 + (1 | batch / cask), read("Pastes", c("batch", "cask"))))
show("penicillin", lmer(diameter ~ 1 + (1 | plate) + (1 | sample), read("Penicillin", c("plate", "sample"))))
show("dyestuff2", lmer(Yield ~ 1 + (1 | Batch), read("Dyestuff2", "Batch")))
show("cake", lmer(angle ~ recipe * temp + (1 | recipe:replicate), read("cake", "replicate")))
