"""A program as a textbook has it: sums and products made simple, known functions by their names."""
