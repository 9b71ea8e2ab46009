"""Programs as native code with the bits of NumPy: see `docs/how-to/compile.md`."""
