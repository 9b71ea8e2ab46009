"""The search for the mistake in a derivation by hand."""
