# Makes fits.json: what lme4 estimates for the data of this folder.
#
#   Rscript data/lme4/make.R
#
# The fits use R's own copies of the data, after checking that the CSV files hold the same values.
# Last run with R 4.2.2 and lme4 1.1-31; about half a minute.

suppressPackageStartupMessages({
  library(lme4)
  library(splines)
})

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))

# What lme4's documentation of cbpp computes from its columns.
cbpp$prop <- cbpp$incidence / cbpp$size
cbpp$obs <- factor(sprintf("o%02d", seq_len(nrow(cbpp))))

same_as_csv <- function(name) {
  file <- list.files(file.path(here, ".."), paste0("^", name, "\\.csv(\\.gz)?$"), full.names = TRUE)
  csv <- read.csv(file, colClasses = "character", na.strings = "", check.names = FALSE)
  data <- get(name)
  stopifnot(identical(names(csv), names(data)), nrow(csv) == nrow(data))
  for (column in names(data)) {
    values <- data[[column]]
    same <- if (is.numeric(values)) {
      isTRUE(all.equal(as.numeric(csv[[column]]), as.numeric(values), tolerance = 1e-14))
    } else {
      identical(csv[[column]], as.character(values))
    }
    if (!same) stop(name, ": column ", column, " differs from R's")
  }
}

models <- list(
  sleepstudy_intercept = list("sleepstudy", Reaction ~ Days + (1 | Subject)),
  sleepstudy = list("sleepstudy", Reaction ~ Days + (Days | Subject)),
  sleepstudy_uncorrelated = list("sleepstudy", Reaction ~ Days + (Days || Subject)),
  sleepstudy_slope_only = list("sleepstudy", Reaction ~ Days + (0 + Days | Subject)),
  sleepstudy_no_common_slope = list("sleepstudy", Reaction ~ 1 + (Days | Subject)),
  sleepstudy_no_intercept = list("sleepstudy", Reaction ~ 0 + Days + (1 | Subject)),
  sleepstudy_quadratic = list("sleepstudy", Reaction ~ Days + I(Days^2) + (Days | Subject)),
  sleepstudy_poly = list("sleepstudy", Reaction ~ poly(Days, 2) + (1 | Subject)),
  sleepstudy_scale = list("sleepstudy", Reaction ~ scale(Days) + (scale(Days) | Subject)),
  sleepstudy_log = list("sleepstudy", log(Reaction) ~ Days + (Days | Subject)),
  sleepstudy_bs = list("sleepstudy", Reaction ~ bs(Days, df = 4) + (1 | Subject)),
  sleepstudy_ns = list("sleepstudy", Reaction ~ ns(Days, df = 3) + (1 | Subject)),
  sleep = list("sleep", extra ~ group + (1 | ID)),
  penicillin = list("Penicillin", diameter ~ 1 + (1 | plate) + (1 | sample)),
  pastes_nested = list("Pastes", strength ~ 1 + (1 | batch / cask)),
  pastes_labelled = list("Pastes", strength ~ 1 + (1 | sample) + (1 | batch)),
  pastes_interaction = list("Pastes", strength ~ 1 + (1 | batch:cask)),
  cake_number = list("cake", angle ~ recipe + temp + (1 | recipe:replicate)),
  cake_factor = list("cake", angle ~ recipe * temperature + (1 | recipe:replicate)),
  dyestuff = list("Dyestuff", Yield ~ 1 + (1 | Batch)),
  dyestuff2 = list("Dyestuff2", Yield ~ 1 + (1 | Batch)),
  insteval = list("InstEval", y ~ service + (1 | s) + (1 | d) + (1 | dept:service)),
  cbpp = list("cbpp", cbind(incidence, size - incidence) ~ period + (1 | herd)),
  cbpp_overdispersed = list(
    "cbpp", cbind(incidence, size - incidence) ~ period + (1 | herd) + (1 | obs)
  ),
  verbagg = list("VerbAgg", r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item))
)
binomial_data <- c("cbpp", "VerbAgg")

estimates <- function(fit) {
  covariances <- VarCorr(fit)
  # The list calls a second term on one factor `Subject.1`; the group is the factor all the same.
  groups <- names(fit@cnms)
  list(
    fixed = list(
      names = I(names(fixef(fit))),
      estimate = I(unname(fixef(fit))),
      se = I(unname(sqrt(diag(as.matrix(vcov(fit))))))
    ),
    groups = lapply(seq_along(covariances), function(i) {
      block <- covariances[[i]]
      list(
        group = groups[i],
        effects = I(rownames(block)),
        sd = I(unname(attr(block, "stddev"))),
        cor = unname(attr(block, "correlation"))
      )
    }),
    sigma = if (isLMM(fit)) sigma(fit) else NULL,
    logLik = as.numeric(logLik(fit))
  )
}

record <- function(id) {
  dataset <- models[[id]][[1]]
  formula <- models[[id]][[2]]
  data <- get(dataset)
  head <- list(
    id = id, dataset = dataset, formula = paste(deparse(formula, 500), collapse = " "),
    n = nrow(data)
  )
  if (dataset %in% binomial_data) {
    control <- glmerControl(optimizer = "bobyqa")
    ml <- glmer(formula, data, family = binomial, control = control)
    return(c(head, list(family = "binomial", link = "logit", ml = estimates(ml))))
  }
  # Stricter than lme4's own stopping rule, whose estimates are right to about 1e-4 of a scale.
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
  reml <- lmer(formula, data, REML = TRUE, control = control)
  ml <- lmer(formula, data, REML = FALSE, control = control)
  c(head, list(
    family = "gaussian", link = "identity", reml = estimates(reml), ml = estimates(ml)
  ))
}

for (name in unique(vapply(models, function(model) model[[1]], ""))) same_as_csv(name)

made_with <- paste0(
  "R ", getRversion(), ", lme4 ", sub("\\.([0-9]+)$", "-\\1", as.character(packageVersion("lme4")))
)
results <- list(made_with = made_with, fits = lapply(names(models), record))
text <- jsonlite::toJSON(
  results, auto_unbox = TRUE, digits = I(10), pretty = TRUE, null = "null", na = "null"
)
writeLines(text, file.path(here, "fits.json"), useBytes = TRUE)
