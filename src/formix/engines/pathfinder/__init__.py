"""A posterior approximated along the paths by which an optimiser climbs to its mode."""
