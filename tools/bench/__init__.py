"""The benchmark: ``python -m tools.bench`` measures the terminal against named baselines.

Every figure is taken in fresh processes and beside its baseline in the same run, in turns, so that
a busy machine slows both. The card reader, the printer and the central API run in a process of
their own (``surroundings.py``): what is measured is the terminal alone.

- ``first_picture.py``  attract page on screen, against ``bare_window.py``; memory at rest
- ``touches.py``        from the touch event to the frame that shows its effect
- ``visits.py``         memory, threads and files over hundreds of whole visits
- ``enqueue.py``        committing to the outbox, against bare SQLite
- ``queue.py``          the outbox against raw SQLite and other queues, full and while it drains
- ``receipts.py``       from COMMIT to the printer; drawing and encoding, against python-escpos
- ``card.py``           from card to name; reading against OpenSC, signing against the bare exchange

``terminal.py`` and ``counter.py`` are the measured processes, ``finger.py`` and ``person.py`` use
the window, ``child.py`` starts processes and ``table.py`` prints what came out.
"""
