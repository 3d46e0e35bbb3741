"""Answers to other apps' ports."""
