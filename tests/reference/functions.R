# Writes functions.json: what R makes of calls in a formula, on training data and on new data.
# Rscript functions.R | gzip -9 -n > functions.json.gz
library(splines)

d <- data.frame(
  x = c(-1.7, 0.3, 2.9, 4.1, -0.6, 1.5, 3.3, 0.9, 2.2, -2.4, 5.6, 1.1, 0.5, 2.5, 3.7, -0.1, 4.8, 1.9, 0.7, 2.0),
  z = c(12, 7, 9, 15, 3, 8, 11, 4, 6, 10, 2, 14, 5, 13, 1, 16, 18, 17, 20, 19),
  p = c(.1, .35, .8, .22, .9, .5, .61, .07, .44, .73, .29, .15, .66, .38, .85, .95, .55, .03, .47, .77),
  k = rep(0:4, 4),
  f = factor(rep(c("lo", "mid", "hi", "mid"), 5), levels = c("lo", "mid", "hi")),
  h = factor(rep(c("b", "a"), each = 10)),
  o = factor(rep(1:4, 5), labels = c("I", "II", "III", "IV"), ordered = TRUE),
  l = rep(c(TRUE, FALSE, FALSE, TRUE, FALSE), 4),
  s = rep(c("10", "9", "2.5", "10"), 5),
  stringsAsFactors = FALSE
)
new <- d[c(3, 8, 14, 5), ]
new$x <- c(0, 3, 6.5, -3)
new$p <- c(.5, .25, .75, .6)

calls <- c(
  "log(p)", "log(z, 2)", "log(z, base = 10)", "log2(z)", "log10(z)", "log1p(p)", "exp(x)", "expm1(p)",
  "sqrt(z)", "abs(x)", "sign(x)", "round(x)", "round(x, 1)", "signif(x, 1)", "floor(x)", "ceiling(x)",
  "trunc(x)", "sin(x)", "cos(x)", "tan(x)", "asin(p)", "acos(p)", "atan(x)", "sinh(x)", "cosh(x)",
  "tanh(x)", "asinh(x)", "acosh(z)", "atanh(p)", "plogis(x)", "qlogis(p)",
  "I(x^2)", "I(x * z)", "I(-x)", "I(x / z)", "I((x + z) * 2)", "I(z %% 5)", "I(x %% 2)", "I(x %/% 2)",
  "I(-7 %% 3 + x)", "I(-7 %/% 3 + x)", "I(2^-x)", "I(-x^2)", "I(1e-3 * z)", "I(x > 1)", "I(x > 1 & z < 10)",
  "I(x > 1 | z < 5)", "I(!l)", "I(l + 0)", "I(f == \"mid\")", "I(f != \"mid\")", "I(o > \"II\")",
  "I(x - mean(x))",
  "scale(x)", "scale(x, center = FALSE)", "scale(x, scale = FALSE)", "scale(z, center = 10, scale = 2)", "log(scale(z) + 3)",
  "scale(log(z))", "scale(x)^2", "I(scale(x)^2)", "scale(cbind(x, z))",
  "poly(x, 1)", "poly(x, 2)", "poly(x, 5)", "poly(x, degree = 3)", "poly(x, 3, raw = TRUE)", "poly(x, z, degree = 2)",
  "poly(x, z, degree = 2, raw = TRUE)", "poly(log(z), 2)",
  "bs(x)", "bs(x, df = 5)", "bs(x, 6)", "bs(x, df = 4, degree = 2)", "bs(x, df = 7, intercept = TRUE)",
  "bs(x, knots = c(0, 2))", "bs(x, degree = 1, knots = 2.2)", "bs(x, Boundary.knots = c(-5, 8), df = 6)",
  "ns(x)", "ns(x, df = 3)", "ns(x, 4)", "ns(x, df = 4, intercept = TRUE)", "ns(x, knots = c(0, 1, 3))",
  "ns(x, Boundary.knots = c(-1, 4), df = 3)", "ns(log(z), df = 3)",
  "f", "o", "l", "s", "factor(k)", "factor(k, levels = c(4, 3, 2, 1, 0))",
  "factor(k, labels = c(\"a\", \"b\", \"c\", \"d\", \"e\"))", "as.factor(k)", "ordered(k)", "factor(f, ordered = TRUE)",
  "factor(z > 9)", "factor(s)", "as.numeric(f)", "as.numeric(o)", "as.numeric(s)", "as.integer(x)",
  "as.numeric(l)", "as.logical(k)", "as.character(k)", "relevel(f, ref = \"hi\")", "relevel(f, \"mid\")",
  "C(f, contr.sum)", "C(f, contr.helmert)", "C(f, contr.SAS)", "C(f, contr.poly)", "C(f, contr.treatment)",
  "C(f, contr.treatment, base = 2)", "C(o, contr.treatment)", "C(o, contr.poly, 1)", "C(f, contr.sum, 1)",
  "C(factor(k), contr.sum)", "interaction(f, h)", "cbind(x, z)", "cbind(a = x, z)", "cbind(x, log(z))",
  "ifelse(x > 1, x, 0)", "ifelse(l, 1, z)", "pmin(x, 1)", "pmax(x, z, 3)", "cut(x, c(-5, 0, 2, 9))",
  "cut(z, c(0, 5, 10, 21), right = FALSE)", "cut(x, c(-Inf, 0, Inf))", "cut(z, c(1, 10, 20), include.lowest = TRUE)",
  "cut(z, c(0, 10, 20), labels = c(\"few\", \"many\"))", "cut(x, breaks = c(-5, 1, 9), ordered_result = TRUE)",
  "I(pi * x)", "x:f", "f:h", "poly(x, 2):f", "f:o", "I(x^2):l"
)
training_only <- c("cut(x, 3)", "cut(z, 4, dig.lab = 2)", "cut(x, 2, labels = c(\"a\", \"b\"))", "I(x / sd(x))",
                   "I(x - median(x))", "I(x - min(x))", "I(x / max(z))", "I(x - mean(x) - var(z))",
                   "I(x > quantile(x, 0.3))", "I(z / sum(z))")

number <- function(v) paste(ifelse(v == round(v) & abs(v) < 1e15, format(v, scientific = FALSE, trim = TRUE),
                                   formatC(v, digits = 17, format = "g", width = 1)), collapse = ",")
text <- function(v) paste0("[", paste(vapply(v, function(s) paste0("\"", gsub("\"", "\\\\\"", s), "\""), ""), collapse = ","), "]")
matrix_json <- function(m) paste0("[", paste(apply(m, 1, function(r) paste0("[", number(r), "]")), collapse = ","), "]")

entry <- function(call, with_new) {
  form <- as.formula(paste("~", call))
  mf <- model.frame(form, d)
  tt <- terms(mf)
  X <- model.matrix(tt, mf)
  fields <- c(paste0("\"call\":", substring(text(call), 2, nchar(text(call)) - 1)),
              paste0("\"columns\":", text(colnames(X))), paste0("\"X\":", matrix_json(X)))
  if (with_new) {
    mfn <- suppressWarnings(model.frame(tt, new, xlev = .getXlevels(tt, mf)))
    fields <- c(fields, paste0("\"new\":", matrix_json(model.matrix(tt, mfn, contrasts.arg = attr(X, "contrasts")))))
  }
  paste0("{", paste(fields, collapse = ","), "}")
}

unlearnt <- c("I(x - mean(x))", "factor(k, levels = c(4, 3, 2, 1, 0))", "factor(k, labels = c(\"a\", \"b\", \"c\", \"d\", \"e\"))",
              "as.numeric(f)", "relevel(f, ref = \"hi\")", "relevel(f, \"mid\")", "factor(z > 9)",
              "log(scale(z) + 3)", "scale(x)^2", "I(scale(x)^2)", "scale(log(z))", "interaction(f, h)", "C(factor(k), contr.sum)")
column <- function(v) if (is.numeric(v)) paste0("[", number(v), "]") else if (is.logical(v)) paste0("[", paste(tolower(v), collapse = ","), "]") else text(as.character(v))
frame_json <- function(t) paste0("{", paste(sprintf("\"%s\":%s", names(t), vapply(t, column, "")), collapse = ","), "}")
cat("{\"data\":", frame_json(d), ",\"new\":", frame_json(new), ",\"entries\":[\n", sep = "")
cat(paste(c(vapply(calls, function(s) entry(s, !(s %in% unlearnt)), ""),
            vapply(training_only, function(s) entry(s, FALSE), "")), collapse = ",\n"))
cat("\n]}\n")
