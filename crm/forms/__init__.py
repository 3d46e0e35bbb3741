"""What people type in sales."""
