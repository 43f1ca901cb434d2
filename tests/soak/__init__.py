"""What is killed, paused, copied and set back while it works, and what has to be true afterwards.

`make soak` runs the long form and prints its figures; tests/test_survival.py runs a short form of each.
"""
