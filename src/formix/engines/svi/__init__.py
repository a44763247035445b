"""A posterior approximated by the normal distribution that is nearest in free coordinates."""
