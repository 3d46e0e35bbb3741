"""What the platform itself writes."""
