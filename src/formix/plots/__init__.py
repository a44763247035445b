"""Pictures of fits: one file a picture, each a verb that takes the fit and returns axes."""
