"""Whole journeys through the real window, headless, by touch, on simulated hardware.

``hands.py`` finds, taps and types like a person, ``stage.py`` sets up a terminal for one journey,
``journeys.py`` tells the journeys, ``report.py`` runs them and writes what was seen.
"""

from kiosk.tour.journeys import JOURNEYS
from kiosk.tour.report import run_tour

__all__ = ["JOURNEYS", "run_tour"]
