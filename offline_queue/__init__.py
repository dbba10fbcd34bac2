"""The durable outbox of a terminal: what a citizen saw confirmed takes effect exactly once.

- ``wire``     the messages that the terminal and the central API exchange
- ``sealing``  HPKE to the central API's key; afterwards the terminal cannot read its own outbox
- ``chain``    the signed hash chain over all envelopes and the central API's countersignature
"""
