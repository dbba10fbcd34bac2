"""Whether every transaction is there exactly once, and the table of what it took."""

from __future__ import annotations

import argparse

from sqlalchemy import create_engine, text

from .terminals import Storm


def judge(database_url: str, total: int, each: int) -> dict[str, tuple[object, object]]:
    """What the database says: name → (found, wanted)."""
    engine = create_engine(database_url)
    queries = {
        "transactions": ("SELECT count(*) FROM transactions WHERE outcome = 'accepted'", total),
        "other outcomes": ("SELECT count(*) FROM transactions WHERE outcome <> 'accepted'", 0),
        "complaints": ("SELECT count(*) FROM case_file", total),
        "complaints' transactions": ("SELECT count(DISTINCT transaction_id) FROM case_file", total),
        "highest number": ("SELECT max(value) FROM counter WHERE name LIKE 'complaint-%'", total),
        "notices": ("SELECT count(DISTINCT about) FROM notification", total),
        "hash conflicts": ("SELECT count(*) FROM conflicting_item", 0),
        "frozen epochs": ("SELECT count(*) FROM kiosk_epoch WHERE frozen_at IS NOT NULL", 0),
        "shortest chain held": ("SELECT min(ack_seq) FROM kiosk_epoch", each),
    }
    with engine.connect() as connection:
        found = {
            name: (connection.execute(text(query)).scalar_one(), wanted)
            for name, (query, wanted) in queries.items()
        }
    engine.dispose()
    return found


def report(
    args: argparse.Namespace,
    storm: Storm,
    seconds: float,
    cpu: dict[str, float],
    found: dict[str, tuple[object, object]],
) -> None:
    tally = storm.tally
    rows: list[tuple[str, str]] = [
        ("terminals × transactions", f"{args.kiosks:,} × {args.each:,} = {storm.total:,}"),
        ("came back within", f"{args.within:g} s"),
        ("answers lost on the way", f"{tally['answers lost']:,}"),
        ("central API killed", "no" if args.no_kill else "once, half-way"),
        ("drained in", f"{seconds:.1f} s, {storm.total / seconds:,.0f} per second"),
        *(
            (f"CPU of the {name}", f"{used:,.0f} s, {used * 1000 / storm.total:.2f} ms each")
            for name, used in cpu.items()
        ),
        ("batches needed", f"{tally['needed']:,}"),
        ("batches sent", f"{tally['POST']:,} = {tally['POST'] / tally['needed']:.2f} × needed"),
        ("heads asked", f"{tally['GET']:,}"),
        ("of these given a time for the first batch", f"{tally['given a first time']:,}"),
        ("told to come later (503)", f"{tally['status 503']:,}"),
        ("no connection while it was down", f"{tally['unreachable']:,}"),
        ("no answer (lost, killed, late)", f"{tally['no answer']:,}"),
        *(
            (name, f"{value:,}" + ("" if value == wanted else f"  WRONG, wanted {wanted:,}"))
            for name, (value, wanted) in found.items()
        ),
    ]
    print("\n| | |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")
