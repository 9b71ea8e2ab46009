"""One page that plays a program forward and backward."""
