"""What a formula means: its terms, by R's rules."""
