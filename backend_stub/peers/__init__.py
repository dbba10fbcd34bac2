"""Other institutions' systems, simulated as programs of their own. The central API imports none of
them: it speaks to them over the network, as to the real ones.
"""
