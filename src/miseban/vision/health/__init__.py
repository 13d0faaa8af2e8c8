"""Does a camera still see what it should? Moved, covered, blinded, out of focus or frozen views.

In: frames, and where people are in them. Out: findings that a trouble began or ended. Never: a
picture that is kept longer than the session, or an alarm because people came.
"""

from miseban.vision.health.view import Finding, ViewHealth

__all__ = ["Finding", "ViewHealth"]
