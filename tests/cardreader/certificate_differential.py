"""Terminal, central API and OpenSSL on the same generated chains: nobody answers otherwise.

``python -m tests.cardreader.certificate_differential --chains 10000``. OpenSSL has no opinion on
what a key of a card is for (its ``-purpose`` knows none of the two), so it is asked about the path.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend_stub.ground.trust import CertificateNotValid, CertificateUntrusted, TrustAnchors
from cardreader.certification_path import PathFault, PathInvalid, validate
from cardreader.errors import CardNotGenuine
from cardreader.trust import TrustStore
from tests.cardreader.certificate_chains import NOW, Chain, Generator, pem


@dataclass(frozen=True, slots=True)
class Answers:
    """Whether each of them takes the chain, and what the rules say is wrong with it."""

    terminal: bool
    """With all authorities installed."""
    central_installed: bool
    """The same at the central API."""
    central_from_root: bool
    """With the root installed; the others came with the signature."""
    openssl_from_root: bool
    fault: PathFault | None
    """Of the path from the root."""

    @property
    def agree(self) -> bool:
        """OpenSSL takes also what is for another purpose: it was not asked."""
        path_holds = self.fault in (None, PathFault.OTHER_PURPOSE)
        return (
            self.terminal == self.central_installed
            and self.central_from_root == (self.fault is None)
            and self.openssl_from_root == path_holds
        )


def by_terminal(chain: Chain) -> bool:
    """With the issuing authorities installed, as they are on a terminal."""
    certificate, *authorities = chain.certificates
    store = TrustStore((), tuple(authorities))
    try:
        store.require_card_issued(certificate, chain.purpose, NOW)
    except CardNotGenuine:
        return False
    return True


def by_central(chain: Chain, *, installed: int) -> bool:
    """With the last ``installed`` certificates as anchors, the others come with the signature."""
    anchors = TrustAnchors(chain.certificates[-installed:], ())
    try:
        anchors.check(chain.certificates[:-installed], chain.purpose, [NOW])
    except (CertificateUntrusted, CertificateNotValid):
        return False
    return True


def by_openssl(chain: Chain, directory: Path) -> bool:
    """``openssl verify`` with the root as the only anchor."""
    leaf, *between, root = chain.certificates
    files = {"leaf": (leaf,), "between": tuple(between), "root": (root,)}
    for name, certificates in files.items():
        (directory / name).write_bytes(pem(certificates))
    more = ["-untrusted", str(directory / "between")] if between else []
    done = subprocess.run(
        [
            *("openssl", "verify", "-attime", str(int(NOW.timestamp()))),
            # Any policy will do; without one named, OpenSSL takes it that none does.
            *("-policy_check", "-policy", "2.5.29.32.0"),
            *("-no-CApath", "-no-CAstore", "-CAfile", str(directory / "root")),
            *more,
            str(directory / "leaf"),
        ],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def compared(seed: int, chains: int) -> Iterator[tuple[Chain, Answers]]:
    """Each chain with everybody's answer."""
    generator = Generator(seed)
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(chains):
            chain = generator.chain()
            leaf, *between, root = chain.certificates
            fault = None
            try:
                validate(leaf, between, (root,), chain.purpose, NOW)
            except PathInvalid as invalid:
                fault = invalid.fault
            yield (
                chain,
                Answers(
                    terminal=by_terminal(chain),
                    central_installed=by_central(chain, installed=len(chain.certificates) - 1),
                    central_from_root=by_central(chain, installed=1),
                    openssl_from_root=by_openssl(chain, Path(directory)),
                    fault=fault,
                ),
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chains", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begin, faults, different = time.monotonic(), Counter[str](), 0
    for chain, answers in compared(options.seed, options.chains):
        faults[answers.fault.value if answers.fault else "valid"] += 1
        if not answers.agree:
            different += 1
            print(answers, chain.described)
    print(f"{options.chains} chains in {time.monotonic() - begin:.0f} s: {different} differ")
    for fault, count in faults.most_common():
        print(f"{count:7} {fault}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
