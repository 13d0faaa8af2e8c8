"""Privacy policies as readable files, and the gate in front of what needs one.

In: the policy's name from the shop file, and its notice. Out: what may be read, told and kept.
Never: a feature that starts without them.
"""

from miseban.vocabulary.policies.gate import (
    Permission,
    allow_appearance,
    allow_attributes,
    allow_uniform,
)
from miseban.vocabulary.policies.policy import Policy, all_policies, load_policy

__all__ = [
    "Permission",
    "Policy",
    "all_policies",
    "allow_appearance",
    "allow_attributes",
    "allow_uniform",
    "load_policy",
]
