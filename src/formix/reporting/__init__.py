"""The report: one page of everything that a fit says, that opens anywhere."""
