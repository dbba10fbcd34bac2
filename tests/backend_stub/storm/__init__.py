"""A whole fleet comes back at once after an outage: every transaction once, soon, politely.

``python -m tests.backend_stub.storm`` starts a PostgreSQL server and a central API of its own on
127.0.0.1, lets ``--kiosks`` terminals deliver ``--each`` waiting transactions, loses 5 % of the
answers, kills the central API in the middle, and prints how far it is and what came of it. Exit
code 0 only when every transaction is there exactly once.

The terminals are light stand-ins that speak the protocol: real keys, signatures, seals, chains and
request signatures, slots and full jitter as the syncer has them, but no outbox on a disk (that one
is measured by ``tests.offline_queue.bench``). What waits at them is signed and sealed before the
clock starts. Terminals, central API and PostgreSQL share this machine's cores; the table says how
much of them each took.
"""
