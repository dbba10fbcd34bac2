"""The core of the terminal: what happens at the kiosk.

``session/`` is one citizen's visit, ``services/`` what is offered, ``devices/`` the words for every
device, ``journal/`` what is written down: these four know no Qt, no PC/SC and no network.
``workers/`` carry out what a visit asks for, ``central/`` talks to the central API during it,
``simulation/`` is the workbench, ``tour/`` drives the real window through journeys, ``cli/`` is
the command line. ``app.py`` wires everything together.
"""

__version__ = "0.1.0"
