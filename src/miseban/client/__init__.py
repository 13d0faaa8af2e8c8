"""The client: the same questions to a journal's folder and to a hub far away.

In: where the data are. Out: data frames. Never: more than the privacy policy and the token allow.
"""
