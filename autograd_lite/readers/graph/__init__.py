"""Programs and tapes as graphs, in the language of Graphviz."""
