"""What a program costs, and whether a derivation by hand agrees with it."""
