"""The tests mirror the house: one folder per room."""
