"""Ingest: what becomes of each item of a batch, exactly once, and of what belongs to it."""
