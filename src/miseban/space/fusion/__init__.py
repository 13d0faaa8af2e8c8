"""Several cameras become one floor."""
