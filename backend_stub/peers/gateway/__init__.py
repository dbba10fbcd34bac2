"""A payment gateway: hosted page, signed callbacks, statement, and every vice on a switch.

``ledger`` is its own database, ``app`` its HTTP interface for merchants and payers, ``callbacks``
what it sends by itself, ``vices`` what can be wrong with it, ``program`` the server. Modelled after
what is publicly known of Oman's: ``unpaid | paid | cancelled``, ``expire_in_minutes``, look-up by
the merchant's reference, no idempotency key, 100 to 9,999,000 baisa in one session.
"""

from backend_stub.peers.gateway.program import GatewayServer, GatewayUnavailable
from backend_stub.peers.gateway.settings import GatewayKeys, load_keys
from backend_stub.peers.gateway.vices import Vices

__all__ = ["GatewayKeys", "GatewayServer", "GatewayUnavailable", "Vices", "load_keys"]
