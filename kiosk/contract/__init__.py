"""What terminal and central API say to each other: one definition for both sides.

The signed application, visits, facts and requests, activation of cards, the fleet, receipts. What
must survive a lost network is in :mod:`offline_queue.wire`.
"""
