"""From columns of data to the columns of X and Z, and the memory of how."""
