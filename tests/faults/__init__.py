"""Deliberately wrong targets, each caught by exactly the requirements that it names."""
