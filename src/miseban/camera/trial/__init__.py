"""A short look into one camera, for the person who sets it up.

In: an address, or a camera of the shop file. Out: what answers there in a sentence, or a picture of
the place without people, once, into memory. Never: a frame, or anything on a disk.
"""
