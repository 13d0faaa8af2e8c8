"""Measurements beside other projects: ``make bench``. Not part of the package."""
