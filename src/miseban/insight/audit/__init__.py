"""How right a counter is, by asking somebody who looks: random minutes of a recording, what a
person counted in them, and the error with its interval. What was told goes into the shop's
accuracy file, from which intervals are made (``insight/uncertainty``). Whoever is shown is shown as
a mosaic.
"""
