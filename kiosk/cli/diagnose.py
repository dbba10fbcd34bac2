"""``kiosk diagnose``: every self test without a screen."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from kiosk.cli.options import ConfigFile, Json, StateDirectory, settings_from
from kiosk.cli.outcome import UNAVAILABLE, answer
from kiosk.diagnostics import Finding, run_checks


def diagnose(
    config: ConfigFile = None, state_directory: StateDirectory = None, as_json: Json = False
) -> None:
    """Run every self test; exit code 0 only when the terminal is fit for service."""
    findings = run_checks(settings_from(config, state_directory))
    fit = all(finding.ok for finding in findings if finding.blocking)
    value = {
        "fit_for_service": fit,
        "findings": [
            {
                "device": f.device,
                "ok": f.ok,
                "blocking": f.blocking,
                "state": f.state,
                "remedy": f.remedy.value,
                "advice": f.advice,
            }
            for f in findings
        ],
    }
    lines = [line for finding in findings for line in _lines(finding)]
    stopped_by = ", ".join(f.device for f in findings if f.blocking and not f.ok)
    lines.append("Fit for service." if fit else f"Not fit for service: {stopped_by}.")
    answer(value, as_json=as_json, text="\n".join(lines))
    if not fit:
        raise typer.Exit(UNAVAILABLE)


def _lines(finding: Finding) -> Iterator[str]:
    """How it is, marked BAD where it keeps the terminal from serving; below, what heals it."""
    mark = "ok  " if finding.ok else "BAD " if finding.blocking else "look"
    yield f"{mark} {finding.device:10} {finding.state}"
    if not finding.ok:
        yield f"{'':15} -> {finding.advice}"
