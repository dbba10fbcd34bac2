"""The central API as the terminal sees it during a visit: sign-in, registries, enrolment.

``wire.py`` holds the messages that both sides parse with, ``client.py`` the calls. What must
survive a lost network does not go this way but through :mod:`offline_queue`.
"""
