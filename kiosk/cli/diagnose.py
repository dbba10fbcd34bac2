"""``kiosk diagnose``: every self test without a screen."""

from __future__ import annotations

import typer

from kiosk.cli.options import ConfigFile, Json, StateDirectory, settings_from
from kiosk.cli.outcome import UNAVAILABLE, answer
from kiosk.diagnostics import run_checks


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
    lines = [
        f"{'ok  ' if f.ok else 'BAD '} {f.device:10} {f.state}" + (f"  {f.advice}" * (not f.ok))
        for f in findings
    ]
    lines.append("Fit for service." if fit else "Not fit for service.")
    answer(value, as_json=as_json, text="\n".join(lines))
    if not fit:
        raise typer.Exit(UNAVAILABLE)
