"""What every room stands on: database, tables, keys, trust, problems, limits, settings."""
