"""Pages for browsers: the fleet, the receipt verifier, the API's documentation.

Each page is one self-contained answer: style and script are inside it, nothing is loaded from
elsewhere, and its content security policy (W3C CSP Level 3) names the hashes of exactly these.
"""

from backend_stub.http.pages.documentation import documentation_page
from backend_stub.http.pages.fleet import fleet_page
from backend_stub.http.pages.verifier import verifier_page, verifier_worker

__all__ = ["documentation_page", "fleet_page", "verifier_page", "verifier_worker"]
