"""What automatic differentiation costs, side by side with NumPy written by hand."""
