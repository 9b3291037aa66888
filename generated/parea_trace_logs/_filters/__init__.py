"""Filters: how they are written, and which the contract accepts."""
