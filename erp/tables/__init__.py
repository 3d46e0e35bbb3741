"""Tables of lists: one module per half."""
