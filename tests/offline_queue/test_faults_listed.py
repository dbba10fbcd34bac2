"""No fault of the list is without a test that carries its number."""

from __future__ import annotations

import ast
import re
from pathlib import Path

LIST = {
    "process": range(1, 9),
    "disk": range(9, 18),
    "time_and_network": range(18, 33),
    "fleet": range(33, 41),
}


def test_every_fault_has_its_test() -> None:
    for name, numbers in LIST.items():
        source = Path(__file__).with_name(f"test_faults_{name}.py").read_text()
        tests = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
        found = {int(m[1]) for test in tests if (m := re.match(r"test_fault_(\d\d)_", test))}
        assert found == set(numbers), name
    assert sum(len(numbers) for numbers in LIST.values()) == 40
