"""Services with rules that data cannot say: a room for each, named after it; most have none.

``registry.py`` says what a room may add and which rooms there are. A service without one opens
cases, sends notices, and can be moved and tracked.
"""
