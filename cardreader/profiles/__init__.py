"""One file per card application, named after the standard that describes it.

``piv``   the keys, certificates and PIN (NIST SP 800-73-5); ``piv_issuing`` writes them
``ias_classic``  the same on cards of the family that the Omani card belongs to
``reference_data``  the commands of a PIN, which both share
``match_on_card``  the cardholder's finger, compared by the card
``icao``  the identity data as files (ICAO Doc 9303 part 10); :mod:`cardreader.identity` reads them

A profile turns wishes into commands and replies into values. It trusts nothing it reads: what is
checked, and against what, is decided in :mod:`cardreader.national_id`.
"""

from cardreader.profiles.ias_classic import IasClassicApplication
from cardreader.profiles.icao import ElementaryFile, IcaoApplication
from cardreader.profiles.match_on_card import (
    MOST_MINUTIAE,
    FingerInfo,
    MalformedFinger,
    MatchOnCardApplication,
)
from cardreader.profiles.piv import PivApplication
from cardreader.profiles.piv_issuing import PivIssuing

__all__ = [
    "MOST_MINUTIAE",
    "ElementaryFile",
    "FingerInfo",
    "IasClassicApplication",
    "IcaoApplication",
    "MalformedFinger",
    "MatchOnCardApplication",
    "PivApplication",
    "PivIssuing",
]
