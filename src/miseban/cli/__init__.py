"""Commands, thin, one file each.

In: what a person typed. Out: files, exit status 0, 1 or 2. Never: logic of its own.
"""

from __future__ import annotations

import os

# Read once, when Arrow is first loaded. Inside Arrow the pool that it chooses itself goes on being
# used for what is read and written, whatever pool Python sets, and that one never shrinks.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
