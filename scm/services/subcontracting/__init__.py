"""What a subcontractor did with our material, and the locks of his orders."""
