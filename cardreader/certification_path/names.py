"""Names: when two are the same (RFC 5280, 7.1), and which ones an authority may give (4.2.1.10)."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from asn1crypto import core, x509 as asn1

from cardreader.certification_path.contents import Contents, Malformed

_EMAIL_ADDRESS = "email_address"
_FORMS = ("directory_name", "dns_name", "rfc822_name", "uniform_resource_identifier", "ip_address")


def same_name(one: asn1.Name, other: asn1.Name) -> bool:
    """Whether two names are the same: case, width and inner spaces of texts do not count (7.1).

    Compared as written first: preparing the texts takes a hundred times as long.
    """
    if one.dump() == other.dump():
        return True
    try:
        return bool(one == other)
    except (ValueError, TypeError, KeyError):
        return False


class NameSpace:
    """The name constraints that gather along a path (6.1.2 b and c, 6.1.4 g)."""

    def __init__(self) -> None:
        self._permitted: list[list[tuple[str, Any]]] = []
        """One list for each authority with constraints: a name has to be inside each."""
        self._excluded: list[tuple[str, Any]] = []

    def narrow(self, constraints: Any) -> None:
        """Take an authority's constraints. Raises :class:`~.contents.Malformed`."""
        permitted, excluded = (
            _subtrees(constraints[name]) for name in ("permitted_subtrees", "excluded_subtrees")
        )
        if permitted:
            self._permitted.append(permitted)
        self._excluded += excluded

    def allows(self, contents: Contents) -> bool:
        """Whether every name of a certificate is inside (6.1.3 b and c).

        A kind of name that is constrained and cannot be judged here is outside (4.2.1.10).
        """
        if not self._permitted and not self._excluded:
            return True
        for form, name in _names(contents):
            if any(form == kind and _within(form, name, base) for kind, base in self._excluded):
                return False
            for permitted in self._permitted:
                bases = [base for kind, base in permitted if kind == form]
                if bases and not any(_within(form, name, base) for base in bases):
                    return False
            if form not in _FORMS and self._constrains(form):
                return False
        return True

    def _constrains(self, form: str) -> bool:
        everything = [*self._excluded, *(item for one in self._permitted for item in one)]
        return any(kind == form for kind, _ in everything)


def _subtrees(subtrees: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if isinstance(subtrees, core.Void):
        return found
    for subtree in subtrees:
        if subtree["minimum"].native or subtree["maximum"].native is not None:
            raise Malformed("a name constraint with a minimum or maximum")
        base = subtree["base"]
        found.append((base.name, base.chosen if base.name == "directory_name" else base.native))
    return found


def _names(contents: Contents) -> list[tuple[str, Any]]:
    """The subject, if it is not empty, and the alternative names, each with its form."""
    found: list[tuple[str, Any]] = []
    if len(contents.subject.chosen):
        found.append(("directory_name", contents.subject))
    if contents.alternative_names is not None:
        try:
            for general in asn1.GeneralNames.load(contents.alternative_names, strict=True):
                name = general.chosen if general.name == "directory_name" else general.native
                found.append((general.name, name))
        except (ValueError, TypeError, KeyError) as error:
            raise Malformed("subjectAltName") from error
    if not any(form == "rfc822_name" for form, _ in found):
        found += [
            ("rfc822_name", attribute["value"].native)
            for relative in contents.subject.chosen
            for attribute in relative
            if attribute["type"].native == _EMAIL_ADDRESS
        ]
    return found


def _within(form: str, name: Any, base: Any) -> bool:
    try:
        match form:
            case "directory_name":
                return _is_below(name, base)
            case "dns_name":
                return _is_host_below(name, base)
            case "rfc822_name":
                return _is_mailbox_within(name, base)
            case "uniform_resource_identifier":
                return _is_host_within(_host_of(name), base)
            case "ip_address":
                return ipaddress.ip_address(name) in ipaddress.ip_network(base)
            case _:
                return False
    except (ValueError, TypeError) as error:
        raise Malformed("a name that is constrained") from error


def _is_below(name: asn1.Name, base: asn1.Name) -> bool:
    """Whether the base's relative names begin the name."""
    relative, above = list(name.chosen), list(base.chosen)
    return len(relative) >= len(above) and all(
        mine == wanted for mine, wanted in zip(relative, above, strict=False)
    )


def _is_host_below(name: str, base: str) -> bool:
    host, above = name.lower().rstrip("."), base.lower().lstrip(".")
    return not above or host == above or host.endswith("." + above)


def _is_host_within(host: str, base: str) -> bool:
    """A base with a leading dot means hosts below it, without one exactly that host."""
    if base.startswith("."):
        return host.endswith(base.lower())
    return host == base.lower()


def _is_mailbox_within(name: str, base: str) -> bool:
    local, at, host = name.rpartition("@")
    if not at:
        raise ValueError("no mailbox")
    if "@" in base:
        wanted, _, domain = base.rpartition("@")
        return local == wanted and host.lower() == domain.lower()
    return _is_host_within(host.lower(), base)


def _host_of(uri: str) -> str:
    """The host; a constrained URI without one is refused (4.2.1.10)."""
    host = urlsplit(uri).hostname
    if not host:
        raise ValueError("a URI without a host")
    return host.lower()
