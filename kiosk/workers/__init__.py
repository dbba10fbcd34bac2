"""Where the effects of a visit are carried out: one file for each thing that takes time.

Each worker takes an effect in the loop's thread, does the work in its own, and answers with events
through ``Answer``; it never touches the screen. ``card.py`` is the citizen's reader, ``keeping.py``
signature and outbox, ``central.py`` sign-in and registries, ``printing.py`` the receipt,
``watch.py`` what is asked again and again: is the central API there, does the outbox hold?
"""
