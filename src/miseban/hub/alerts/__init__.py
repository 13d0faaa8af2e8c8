"""Rules and alerts: who at the shop is told of what, until somebody has seen to it.

In: the live state and the rules of the shop. Out: steps of alerts as events, and notices to
deliver. Never: the same told twice, an alert that nobody can end, or a call for help anywhere but
here and on the pages of staff.
"""

from miseban.hub.alerts.alert import Notice
from miseban.hub.alerts.alerts import Alerts
from miseban.hub.alerts.load import default_rules, load_rules, parse_rules
from miseban.hub.alerts.rules import Escalation, Rule, Rules
from miseban.hub.alerts.watch import Watch

__all__ = [
    "Alerts",
    "Escalation",
    "Notice",
    "Rule",
    "Rules",
    "Watch",
    "default_rules",
    "load_rules",
    "parse_rules",
]
