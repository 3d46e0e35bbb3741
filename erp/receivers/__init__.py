"""One-line reactions to announcements: one module per half."""
