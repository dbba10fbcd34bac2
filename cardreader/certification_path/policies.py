"""The certificate policies that remain valid along a path (RFC 5280, 6.1; RFC 9618, 5).

Every policy would do (the initial set is any-policy), so what counts is only whether one remains
where an authority demands that. RFC 9618 shows that the tree's last level is enough to know it: for
each policy, what the next certificate may call it.
"""

from __future__ import annotations

from cardreader.certification_path.contents import Contents

ANY_POLICY = "2.5.29.32.0"


class Policies:
    """The state of 6.1.2 (a) and (d) to (f) for a path of ``length`` certificates."""

    def __init__(self, length: int) -> None:
        self._expected: dict[str, frozenset[str]] = {ANY_POLICY: frozenset({ANY_POLICY})}
        self._explicit = self._inhibit_any = self._mapping = length + 1

    def enter(self, contents: Contents, *, is_last: bool) -> bool:
        """Take a certificate's policies (6.1.3 d to f); whether the path may go on."""
        if contents.policies is None:
            self._expected = {}
        else:
            any_counts = ANY_POLICY in contents.policies and (
                self._inhibit_any > 0 or (not is_last and contents.is_self_issued)
            )
            self._expected = self._below(contents.policies - {ANY_POLICY}, any_counts)
        return self._explicit > 0 or bool(self._expected)

    def leave(self, contents: Contents) -> bool:
        """Prepare for the next certificate (6.1.4 a, b, h to j); whether its mappings are legal."""
        if any(ANY_POLICY in mapping for mapping in contents.policy_mappings):
            return False
        self._map(contents.policy_mappings)
        if not contents.is_self_issued:
            self._explicit = max(0, self._explicit - 1)
            self._mapping = max(0, self._mapping - 1)
            self._inhibit_any = max(0, self._inhibit_any - 1)
        self.constrain(contents)
        return True

    def constrain(self, contents: Contents) -> None:
        """Take an authority's policyConstraints and inhibitAnyPolicy (6.1.4 i, j)."""
        if contents.require_explicit_policy is not None:
            self._explicit = min(self._explicit, contents.require_explicit_policy)
        if contents.inhibit_policy_mapping is not None:
            self._mapping = min(self._mapping, contents.inhibit_policy_mapping)
        if contents.inhibit_any_policy is not None:
            self._inhibit_any = min(self._inhibit_any, contents.inhibit_any_policy)

    def end(self, contents: Contents) -> bool:
        """Whether the path is valid with its last certificate taken (6.1.5 a, b, g)."""
        explicit = max(0, self._explicit - 1)
        if contents.require_explicit_policy == 0:
            explicit = 0
        return explicit > 0 or bool(self._expected)

    def _below(self, named: frozenset[str], any_counts: bool) -> dict[str, frozenset[str]]:
        expected_by_some = frozenset[str]().union(*self._expected.values())
        found = {
            policy: frozenset({policy})
            for policy in named
            if policy in expected_by_some or ANY_POLICY in self._expected
        }
        if any_counts:
            for policy in expected_by_some:
                found.setdefault(policy, frozenset({policy}))
        return found

    def _map(self, mappings: tuple[tuple[str, str], ...]) -> None:
        by_issuer: dict[str, set[str]] = {}
        for issuer, subject in mappings:
            by_issuer.setdefault(issuer, set()).add(subject)
        for issuer, subjects in by_issuer.items():
            if self._mapping == 0:
                self._expected.pop(issuer, None)
            elif issuer in self._expected or ANY_POLICY in self._expected:
                self._expected[issuer] = frozenset(subjects)
