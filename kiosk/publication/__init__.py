"""The published catalogue at the terminal: received by TUF, tried whole, kept beside the last.

``receiving.py`` verifies an edition and tries it whole, ``fetching.py`` brings it from the central
API or a USB stick, ``editions.py`` keeps editions on disk. The terminal decides when one comes into
force: between visits.
"""
