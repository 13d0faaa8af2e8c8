"""How people and programs are told: web push, chat and mail, signed webhooks.

In: notices of alerts, events for those who asked for them, settings. Out: messages to phones,
channels and addresses, and which of them arrived. Never: a name or a person in a push message,
help to anybody but staff, a call to an address of the hub's own machine, or a wait in intake.
"""
