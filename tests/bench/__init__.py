"""The benchmark itself under test: it measures what it says, and it can fail."""
