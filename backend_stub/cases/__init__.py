"""What becomes of an accepted application: a case, for every service the same.

* ``tables.py``: the case, its events (append-only), its tasks, the slots of its appointments
* ``house.py``: what the rules below work with: definitions, offices, calendars, places
* ``register.py``: opens cases; ``numbers.py`` gives them numbers without gaps
* ``moves.py``: what may be done with a case and what it leads to; ``asking.py`` reads a small form
* ``timing.py``: when something is due, as pure functions; ``work.py`` does it when its time comes
* ``recheck.py``: what an application relied on, compared with what the registries say now
* ``definitions.py``: every definition that was ever published; a case is led by its own
* ``calendars.py``, ``offices.py``, ``slots.py``: appointments, and who has the case
* ``notices.py``: messages in the citizen's language; ``delivery.py`` hands them to a gateway
* ``requests.py``: what a citizen sees of the own cases; ``desk.py``: what an officer does with them

Nothing here knows a service or a field by name: the definition says it.
"""
