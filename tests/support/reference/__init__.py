"""Backpropagation derived by hand, once per notation: BU, OV, LI, LN and CA are the five notes."""
