"""Devices that are no library of their own: scanner, finger sensor, chime, card terminal."""
