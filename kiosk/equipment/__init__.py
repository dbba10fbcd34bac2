"""Devices that are no library of their own: document scanner, finger sensor, chime."""
