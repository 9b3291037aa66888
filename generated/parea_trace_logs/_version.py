"""The version of this package, as `pyproject.toml` had it when the package was generated."""

__version__ = "0.1.0"
