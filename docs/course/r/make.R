# Makes estimates.json: what packages of R say of the data of the course's chapters.
#
#   Rscript docs/course/r/make.R
#
# The CSV files hold the data that chapters 1, 6, 8 and 11 make, which those chapters check; what
# travels with formix comes from data/. Last run with R 4.2.2 and the versions in the file it makes.

suppressPackageStartupMessages({
  library(lme4)
  library(metafor)
  library(nlme)
})

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
made <- function(name) read.csv(file.path(here, paste0(name, ".csv")))
packaged <- function(name, ending = ".csv") {
  read.csv(file.path(here, "../../../data", paste0(name, ending)))
}
version <- function(package) {
  paste(package, sub("\\.([0-9]+)$", "-\\1", as.character(packageVersion(package))))
}

estimates <- function(fit) {
  blocks <- VarCorr(fit)
  list(
    fixed = list(
      names = I(names(lme4::fixef(fit))),
      estimate = I(unname(lme4::fixef(fit))),
      se = I(unname(sqrt(diag(as.matrix(vcov(fit))))))
    ),
    groups = lapply(names(blocks), function(group) {
      block <- blocks[[group]]
      list(
        group = group, effects = I(rownames(block)), sd = I(unname(attr(block, "stddev"))),
        cor = unname(attr(block, "correlation"))
      )
    })
  )
}

of <- function(formula, data) {
  said <- paste(trimws(deparse(formula)), collapse = " ")
  list(made_with = version("lme4"), rows = nrow(data), formula = said)
}

by_lme4 <- function(formula, data) {
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
  fit <- lme4::lmer(formula, data, control = control)
  c(of(formula, data), list(reml = c(estimates(fit), list(sigma = sigma(fit)))))
}

by_glmer <- function(formula, data, family) {
  fit <- lme4::glmer(formula, data, family, control = glmerControl(optimizer = "bobyqa"))
  c(of(formula, data), list(family = family, ml = estimates(fit)))
}

by_metafor <- function(method) {
  fit <- metafor::rma(y, sei = sd, data = packaged("aspirin"), method = method)
  list(
    fixed = list(names = I("(Intercept)"), estimate = I(fit$b[1]), se = I(fit$se)),
    groups = list(
      list(group = "study", effects = I("(Intercept)"), sd = I(sqrt(fit$tau2)), cor = matrix(1))
    )
  )
}

by_nlme <- function() {
  data <- packaged("sleepstudy")
  data$Subject <- factor(data$Subject)
  weights <- varComb(varIdent(form = ~ 1 | Subject), varExp(form = ~ Days))
  control <- lmeControl(maxIter = 500, msMaxIter = 500, opt = "optim")
  fit <- lme(Reaction ~ Days, data, ~ Days | Subject, weights = weights, control = control)
  terms <- fit$modelStruct$varStruct
  ratios <- coef(terms$A, unconstrained = FALSE, allCoef = TRUE)[levels(data$Subject)]
  list(
    made_with = version("nlme"),
    names = I(names(nlme::fixef(fit))), estimate = I(unname(nlme::fixef(fit))),
    se = I(unname(sqrt(diag(fit$varFix)))),
    growth = unname(coef(terms$B, unconstrained = FALSE)),
    subjects = I(names(ratios)), sigma = I(unname(fit$sigma * ratios))
  )
}

refusal <- function() {
  one <- data.frame(y = c(10, 12, 9, 11, 8), group = letters[1:5])
  conditionMessage(tryCatch(lme4::lmer(y ~ 1 + (1 | group), one), error = identity))
}

results <- list(
  schools = by_lme4(score ~ programme + (1 | school), made("schools")),
  locations = by_lme4(height ~ 1 + (1 | location), made("locations")),
  groups = by_lme4(y ~ x + (x | g), made("groups")),
  sleep = by_lme4(extra ~ 0 + group + (1 | ID), transform(packaged("sleep"), group = factor(group))),
  aspirin = list(
    made_with = version("metafor"), reml = by_metafor("REML"), ml = by_metafor("ML")
  ),
  variances = by_nlme(),
  verbs = by_glmer(
    r2 ~ Anger + Gender + btype + situ + mode + (1 | id) + (1 | item),
    transform(
      packaged("VerbAgg", ".csv.gz"),
      r2 = factor(r2, c("N", "Y")), mode = factor(mode, c("want", "do"))
    ),
    "binomial"
  ),
  counts = by_glmer(
    incidence ~ period + offset(log(size)) + (1 | herd),
    transform(packaged("cbpp"), period = factor(period)), "poisson"
  ),
  birds = by_glmer(seen ~ 1 + (1 | pond), made("birds"), "poisson"),
  one_row_a_group = refusal()
)
text <- jsonlite::toJSON(results, auto_unbox = TRUE, digits = I(10), pretty = TRUE)
writeLines(text, file.path(here, "estimates.json"), useBytes = TRUE)
