"""The workbench: a terminal without hardware, and every fault on a switch.

``rig.py`` holds what stands around a simulated terminal (cards, printer, network, central API),
``network.py`` the cable that can be cut, ``workbench.py`` the window beside the kiosk in which a
person puts cards in and breaks things.
"""

from kiosk.simulation.rig import Rig
from kiosk.simulation.workbench import Workbench

__all__ = ["Rig", "Workbench"]
