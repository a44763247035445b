# Writes predict.json: population predictions of lme4 for new data, whose transforms remember the training data.
# Rscript predict.R | gzip -9 -n > predict.json.gz
suppressMessages(library(lme4))
library(splines)
data(sleepstudy)
new <- data.frame(Days = c(20, 4.5, 0, -3))
forms <- c("Reaction ~ poly(Days, 2) + (1 | Subject)", "Reaction ~ ns(Days, df = 3) + (1 | Subject)",
           "Reaction ~ scale(Days) + (scale(Days) | Subject)", "Reaction ~ bs(Days, df = 4) + (1 | Subject)",
           "Reaction ~ log(Days + 4) + (1 | Subject)", "Reaction ~ I(Days^2) + Days + (1 | Subject)")
entries <- vapply(forms, function(s) {
  m <- lmer(as.formula(s), sleepstudy)
  p <- suppressWarnings(predict(m, new, re.form = NA))
  sprintf("{\"formula\":\"%s\",\"beta\":[%s],\"predicted\":[%s]}", s,
          paste(formatC(fixef(m), digits = 17, format = "g"), collapse = ","),
          paste(formatC(p, digits = 17, format = "g"), collapse = ","))
}, "")
cat("[", paste(entries, collapse = ",\n"), "]\n", sep = "")
