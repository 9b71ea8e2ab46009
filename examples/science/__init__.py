"""Programs of scientists: a script each, with numbers that are held against a reference."""
