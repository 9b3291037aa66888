"""Logs as tables: rows, columns and the formats of files."""
