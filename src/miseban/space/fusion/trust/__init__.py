"""Whether each camera can be trusted: what only shows beside the others.

In: what every camera saw, by its own clock and in its own picture. Out: by how much each clock is
off and each picture was moved, what was lost, whom not to believe. Never: who is who; nothing here
depends on the visits that the fusion makes.
"""

from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.fusion.trust.trust import CameraTrust

__all__ = ["CameraTrouble", "CameraTrust"]
