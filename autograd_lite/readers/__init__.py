"""What reads a program and writes it in another form: formulas, graphs, pages, source."""
