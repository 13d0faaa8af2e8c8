"""Models on disk: a registry of known files, their hashes, licences and how to decode them."""
