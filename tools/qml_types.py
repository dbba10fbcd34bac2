"""Builds what the screens need besides their sources: QML type descriptions and translations.

``python tools/qml_types.py`` writes ``build/qml/Manfadh/ViewModels`` (for qmllint only; at run time
Python registers the types itself) and ``ui/i18n/*.qm``. The exit code is that of the first tool
that fails.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo

ROOT = Path(__file__).resolve().parent.parent
MODULE = "Manfadh.ViewModels"
OUT = ROOT / "build" / "qml" / "Manfadh" / "ViewModels"
BIN = Path(sys.executable).parent


def build_types() -> None:
    """Describe the view-models for qmllint."""
    OUT.mkdir(parents=True, exist_ok=True)
    dump = OUT / "metatypes.json"
    sources = sorted((ROOT / "ui" / "viewmodels").glob("*.py"))
    _run(BIN / "pyside6-metaobjectdump", "--quiet", "-o", dump, *sources)
    foreign = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.ArchDataPath)) / "metatypes"
    _run(
        BIN / "pyside6-qmltyperegistrar",
        "--generate-qmltypes",
        OUT / "viewmodels.qmltypes",
        "--import-name",
        MODULE,
        "--major-version",
        "1",
        "--minor-version",
        "0",
        "--foreign-types",
        ",".join(
            str(path)
            for name in ("core", "qml")
            for path in sorted(foreign.glob(f"qt6{name}_*metatypes.json"))
        ),
        "-o",
        OUT / "registration.cpp",
        dump,
    )
    (OUT / "qmldir").write_text(f"module {MODULE}\ntypeinfo viewmodels.qmltypes\n", "utf-8")


def build_translations() -> None:
    """Compile the translations of the screens."""
    for source in sorted((ROOT / "ui" / "i18n").glob("*.ts")):
        _run(BIN / "pyside6-lrelease", "-silent", source, "-qm", source.with_suffix(".qm"))


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True)


def main() -> int:
    """Build both; the exit code."""
    try:
        build_types()
        build_translations()
    except subprocess.CalledProcessError as error:
        return error.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
