# Writes missing.json: lme4's matrices of data with missing values.
# Rscript missing.R | gzip -9 -n > missing.json.gz
suppressMessages(library(lme4))
library(splines)
d <- data.frame(
  y = c(1.5, NA, 2.5, 0.1, 7.7, NA, 3.1, 2.2, 9.1, 4.2, 5.5, 6.1, 0.3, 8.8, 2.9, 4.4),
  x = c(3, 100, 1, 4, NA, 5, 9, 2, 6, 5, 3, 5, NA, 8, 9, 7),
  f = factor(c("a", "c", "a", "b", "b", "c", NA, "a", "b", "a", "b", "a", "b", "a", "b", "a"), levels = c("c", "a", "b")),
  k = rep(1:4, 4),
  g = factor(c(rep(c("u", "v", "w"), 5), NA))
)
forms <- c("y ~ x + (1 | g)", "y ~ scale(x) + (1 | g)", "y ~ ns(x, 3) + (1 | g)", "y ~ bs(x, df = 4) + (scale(x) | g)",
           "y ~ f + (1 | g)", "y ~ as.numeric(f) + (1 | g)", "y ~ f * scale(x) + (f | g)", "y ~ factor(k) + (1 | g)",
           "scale(y) ~ 1 + (1 | g)")
ctl <- lmerControl(check.nobs.vs.nRE = "ignore", check.nobs.vs.nlev = "ignore")
m <- function(X) paste0("[", paste(apply(X, 1, function(r) paste0("[", paste(formatC(r, digits = 17, format = "g"), collapse = ","), "]")), collapse = ","), "]")
s <- function(v) paste0("[", paste(sprintf("\"%s\"", v), collapse = ","), "]")
entries <- vapply(forms, function(f) {
  l <- suppressMessages(lFormula(as.formula(f), d, control = ctl))
  rt <- l$reTrms
  cn <- rt$cnms[[1]]
  Z <- t(as.matrix(rt$Zt))
  Z <- Z[, order(rep(seq_along(cn), nrow(rt$Zt) / length(cn))), drop = FALSE]
  sprintf("{\"formula\":\"%s\",\"rows\":%s,\"columns\":%s,\"X\":%s,\"effects\":%s,\"levels\":%s,\"y\":[%s]}", f, s(rownames(l$fr)),
          s(colnames(l$X)), m(l$X), s(cn), s(levels(rt$flist[[1]])), paste(formatC(as.vector(model.response(l$fr)), digits = 17, format = "g"), collapse = ","))
}, "")
cat("[", paste(entries, collapse = ",\n"), "]\n", sep = "")
