"""Payment: orders, the attempts to pay them, the money that moved, and its way back.

The pure core: ``states`` (what an attempt may become), ``records`` and ``book`` (all that is known
of one order, append-only, balances derived), ``rules`` (one function per rule), ``settling`` and
``agenda`` (what follows from news, and what is due). ``process`` drives it against a store, a
gateway and the effects that money buys; ``reconciliation`` compares the three with each other.
"""
