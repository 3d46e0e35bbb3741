"""PostgreSQL as Django's own backend speaks it, with less work for each query."""
