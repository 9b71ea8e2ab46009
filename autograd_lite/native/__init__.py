"""Programs as native code with the bits of NumPy: see `docs/compile.md`."""
