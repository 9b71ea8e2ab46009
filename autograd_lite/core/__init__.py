"""What one gradient needs, and nothing else: tape, backward pass, rule table, Tensors."""
