"""The built-in person detector: its network, how it is trained, and how it is exported."""
