"""One gradient at one point, against derivatives found without backpropagation."""
