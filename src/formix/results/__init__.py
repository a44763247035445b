"""Draws -> datasets -> InferenceData or DataTree; a result or a file -> Recipe."""
