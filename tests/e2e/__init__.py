"""Whole terminals under test: real window, workers, outbox and central API, devices simulated."""
