"""Self tests: is this terminal fit for service, and if not, what has to be mended?

``checks.py`` holds one function for each thing that can be wrong; each ends in a finding with its
remedy. They use what the running terminal leaves alone, so they can be run beside it.
"""

from kiosk.diagnostics.checks import Finding, run_checks

__all__ = ["Finding", "run_checks"]
