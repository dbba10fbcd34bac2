"""Terminals: enrolment, device keys, health, up to where a backup holds what they sent."""
