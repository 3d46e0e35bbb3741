"""The base of every app's REST routes."""
