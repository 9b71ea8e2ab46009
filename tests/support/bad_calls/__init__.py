"""The catalogue of bad calls: every public function, and what people get wrong about it."""
