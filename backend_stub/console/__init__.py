"""What a person at the office does beside a running central API."""
