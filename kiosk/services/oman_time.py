"""Oman's time, in which days are counted and printed."""

from __future__ import annotations

from datetime import timedelta, timezone

MUSCAT = timezone(timedelta(hours=4), "Asia/Muscat")
"""Four hours ahead of UTC, no daylight saving."""
