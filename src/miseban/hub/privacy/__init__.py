"""The privacy engine: what the policy wants gone goes, and what is kept can be shown.

In: the policy, the notice, the journal. Out: deletions with receipts, the audit, notices and the
assessment. Never: data that outlives its policy in silence.
"""
