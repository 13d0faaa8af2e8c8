"""Looks in the camera room: a command may switch them on, and nobody else sees the vectors."""

from miseban.vision.appearance.memory import AppearanceMemory

__all__ = ["AppearanceMemory"]
