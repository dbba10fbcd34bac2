"""``python -m ui.lint_translations``: every text has its Arabic, every plural its forms.

The sources are read again with ``lupdate`` into a scratch file, so that a text that was never
collected is found too.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PLURAL_FORMS = {"ar": 6, "en": 2}
"""CLDR: Arabic tells none, one, two, few, many and other apart."""

Message = tuple[str, str]
"""Context (the QML file) and source text."""


def collect(ts_file: Path) -> dict[Message, ET.Element]:
    """The messages of a translation file."""
    tree = ET.parse(ts_file)  # noqa: S314 (our own file)
    return {
        (context.findtext("name", ""), message.findtext("source", "")): message
        for context in tree.iter("context")
        for message in context.iter("message")
    }


def problems(language: str) -> Iterator[str]:
    """What is missing, unfinished or left over in one language."""
    ts_file = ROOT / "i18n" / f"manfadh_{language}.ts"
    wanted = _from_sources(language)
    have = collect(ts_file)
    for context, source in wanted.keys() - have.keys():
        yield f"{ts_file.name}: {context}: not collected: {source}"
    for context, source in have.keys() - wanted.keys():
        yield f"{ts_file.name}: {context}: no longer used: {source}"
    for (context, source), message in have.items():
        translation = message.find("translation")
        if translation is None or translation.get("type") is not None:
            yield f"{ts_file.name}: {context}: unfinished: {source}"
        elif message.get("numerus") == "yes":
            forms = [form.text or "" for form in translation.iter("numerusform")]
            if len(forms) != PLURAL_FORMS[language] or not all(forms):
                yield f"{ts_file.name}: {context}: plural forms missing: {source}"
        elif not (translation.text or "").strip():
            yield f"{ts_file.name}: {context}: empty: {source}"


def _from_sources(language: str) -> dict[Message, ET.Element]:
    tool = Path(sys.executable).parent / "pyside6-lupdate"
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory) / "scratch.ts"
        plural_only = ["-pluralonly"] if language == "en" else []
        command = [str(tool), "-silent", str(ROOT / "qml"), "-extensions", "qml", *plural_only]
        subprocess.run([*command, "-ts", str(scratch)], check=True, stdout=subprocess.DEVNULL)
        return collect(scratch)


def main() -> int:
    """Print what is wrong; 1 when there is anything."""
    if shutil.which(str(Path(sys.executable).parent / "pyside6-lupdate")) is None:
        print("pyside6-lupdate is not installed", file=sys.stderr)  # noqa: T201 (a command)
        return 3
    found = [line for language in PLURAL_FORMS for line in sorted(problems(language))]
    for line in found:
        print(line)  # noqa: T201 (a command)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
