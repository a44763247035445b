"""What users ask of a fit; every verb takes the InferenceData alone."""
