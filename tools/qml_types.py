"""``python -m tools.qml_types``: describes the Python types of the screens for qmllint.

Written to ``build/qml``, one directory for each QML module. Only qmllint reads them: at run time
Python registers the types itself. The exit code is that of the first tool that fails.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "qml"
BIN = Path(sys.executable).parent
MODULES = {
    "Manfadh.ViewModels": ROOT / "ui" / "viewmodels",
    "Manfadh.Simulation": ROOT / "kiosk" / "simulation",
}
"""QML module and the package whose classes, marked ``QmlElement``, make it up."""


def describe(module: str, package: Path) -> None:
    """Write ``qmldir`` and ``types.qmltypes`` of one module."""
    out = OUT.joinpath(*module.split("."))
    out.mkdir(parents=True, exist_ok=True)
    dump = out / "metatypes.json"
    _run(BIN / "pyside6-metaobjectdump", "--quiet", "-o", dump, *sorted(package.glob("*.py")))
    foreign = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.ArchDataPath)) / "metatypes"
    _run(
        BIN / "pyside6-qmltyperegistrar",
        *("--generate-qmltypes", out / "types.qmltypes"),
        *("--import-name", module, "--major-version", "1", "--minor-version", "0"),
        "--foreign-types",
        ",".join(
            str(path)
            for name in ("core", "qml")
            for path in sorted(foreign.glob(f"qt6{name}_*metatypes.json"))
        ),
        *("-o", out / "registration.cpp", dump),
    )
    (out / "qmldir").write_text(f"module {module}\ntypeinfo types.qmltypes\n", "utf-8")


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True)


def main() -> int:
    """Describe every module; the exit code."""
    try:
        for module, package in MODULES.items():
            describe(module, package)
    except subprocess.CalledProcessError as error:
        return error.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
