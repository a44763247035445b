# Writes glmer.json: estimates of lme4 whose inner iterations go on until nothing changes. By default they stop
# earlier, and the log likelihood is off in its fourth digit after the point.
# Rscript glmer.R | gzip -9 -n > glmer.json.gz
suppressMessages(library(lme4))
salamanders <- read.csv(gzfile("data/Salamanders.csv.gz"))
levels <- c("GP", "PR", "DM", "EC-A", "EC-L", "DES-L", "DF")
salamanders$spp <- factor(salamanders$spp, levels = levels)
salamanders$mined <- factor(salamanders$mined, levels = c("yes", "no"))
use <- read.csv(gzfile("data/Contraception.csv.gz"), stringsAsFactors = TRUE)
cbpp$obs <- factor(sprintf("o%02d", seq_len(nrow(cbpp))))
herds <- "cbind(incidence, size - incidence) ~ period + (1 | herd)"
slope <- "use ~ age + urban + (urban | district)"
fits <- list(
  cbpp = list(herds, cbpp, binomial(), 1),
  cbpp_probit = list(herds, cbpp, binomial("probit"), 1),
  cbpp_cloglog = list(herds, cbpp, binomial("cloglog"), 1),
  cbpp_agq9 = list(herds, cbpp, binomial(), 9),
  cbpp_agq25 = list(herds, cbpp, binomial(), 25),
  cbpp_rows = list(paste(herds, "+ (1 | obs)"), cbpp, binomial(), 1),
  salamanders = list("count ~ mined + spp + (1 | site)", salamanders, poisson(), 1),
  contraception = list("use ~ age + I(age^2) + urban + livch + (1 | district)", use, binomial(), 1),
  contraception_slope = list(slope, use, binomial(), 1),
  verbagg = list("r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)", VerbAgg, binomial(), 1))
control <- glmerControl(tolPwrss = 1e-13, optimizer = "bobyqa", check.conv.grad = "ignore", check.conv.hess = "ignore",
                        optCtrl = list(rhobeg = 0.02, rhoend = 1e-9, maxfun = 20000))
array <- function(x) paste0("[", paste(formatC(x, digits = 12, format = "g"), collapse = ","), "]")
entries <- vapply(names(fits), function(name) {
  f <- fits[[name]]
  m <- suppressWarnings(glmer(as.formula(f[[1]]), f[[2]], f[[3]], nAGQ = f[[4]], control = control))
  modes <- ranef(m, condVar = TRUE)
  groups <- vapply(names(modes), function(g) {
    v <- attr(modes[[g]], "postVar")
    sd <- apply(v, 3, function(one) sqrt(diag(one)))
    corr <- attr(VarCorr(m)[[g]], "correlation")
    sprintf("{\"group\":\"%s\",\"levels\":[%s],\"sd\":%s,\"corr\":%s,\"modes\":%s,\"sds\":%s}", g,
            paste(dQuote(rownames(modes[[g]]), FALSE), collapse = ","), array(attr(VarCorr(m)[[g]], "stddev")),
            array(corr[lower.tri(corr)]), array(t(as.matrix(modes[[g]]))), array(sd))
  }, "")
  sprintf("\"%s\":{\"loglik\":%s,\"beta\":%s,\"se\":%s,\"residuals\":%s,\"groups\":[%s]}", name,
          formatC(logLik(m), digits = 12, format = "g"), array(fixef(m)), array(sqrt(diag(as.matrix(vcov(m))))),
          array(quantile(resid(m, "pearson"))), paste(groups, collapse = ","))
}, "")
cat("{", paste(entries, collapse = ",\n"), "}\n", sep = "")
