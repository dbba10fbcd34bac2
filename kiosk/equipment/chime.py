"""The loudspeaker that reminds of a forgotten card: gentle first, then loud, then an alert.

The tones are computed, so that no sound file can go missing, and played by ALSA's ``aplay``.
A terminal without a loudspeaker serves all the same; the log says that it was silent.
"""

from __future__ import annotations

import array
import io
import math
import subprocess
import threading
import wave
from functools import cache

import structlog

_log = structlog.get_logger()

_RATE = 22_050
_PLAYER = ("aplay", "--quiet", "-")
_LONGEST_S = 10.0

# Notes as (frequency in Hz, seconds), then the loudness from 0 to 1.
_SOUNDS: dict[str, tuple[tuple[tuple[float, float], ...], float]] = {
    "gentle": (((659.3, 0.18), (880.0, 0.32)), 0.25),
    "loud": (((880.0, 0.2), (659.3, 0.2), (880.0, 0.2), (659.3, 0.4)), 0.7),
    "alert": (((987.8, 0.25), (740.0, 0.25)) * 4, 1.0),
}


def play(sound: str) -> None:
    """Play ``gentle``, ``loud`` or ``alert`` without waiting for its end."""
    threading.Thread(target=_play, args=(sound,), name="chime", daemon=True).start()


@cache
def render(sound: str) -> bytes:
    """The sound as a WAV file: mono, 16 bits, 22,050 Hz. ``KeyError`` for an unknown name."""
    notes, loudness = _SOUNDS[sound]
    samples = array.array("h")
    for frequency, seconds in notes:
        count = round(_RATE * seconds)
        for index in range(count):
            # Fade in and out: an abrupt edge clicks.
            envelope = min(1.0, index / 400, (count - index) / 1200)
            wave_at = math.sin(2 * math.pi * frequency * index / _RATE)
            samples.append(round(32_000 * loudness * envelope * wave_at))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _play(sound: str) -> None:
    try:
        subprocess.run(
            _PLAYER, input=render(sound), check=True, capture_output=True, timeout=_LONGEST_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        _log.warning("chime.silent", sound=sound, reason=type(error).__name__)
    else:
        _log.info("chime.played", sound=sound)
