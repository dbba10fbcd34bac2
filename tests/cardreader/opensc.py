"""What OpenSC reads from the card in the virtual reader."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509


def by_opensc(identifier: str) -> x509.Certificate:
    """A certificate as OpenSC finds it."""
    if shutil.which("pkcs15-tool") is None:
        pytest.skip("OPENSC NOT TESTED: it is not installed (apt-get install opensc)")
    done = subprocess.run(
        ["pkcs15-tool", "--read-certificate", identifier],
        env={**os.environ, "OPENSC_CONF": str(Path(os.devnull))},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return x509.load_pem_x509_certificate(done.stdout)
