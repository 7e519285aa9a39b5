"""What the formula tests share: a lead of every kind, a table, and cases kept as text."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from sheetcrm.core.formula import Frame
from sheetcrm.core.table.values import ERROR_CODES, CellError

NOW = datetime(2024, 3, 10, 9, 0)
LEAD = {
    "Number": 5,
    "Text": "abc",
    "Digits": "12",
    "Empty": "",
    "Blank": None,
    "Zero": 0,
    "Yes": True,
    "No": False,
    "Missing": CellError("#N/A"),
    "Split": CellError("#DIV/0!"),
    "Day": date(2024, 1, 31),
}
TABLE = {
    "Fruit": ["apple", "banana", "peach", "fig", "Apple"],
    "Count": [10, 25, 30, 20, 50],
    "Price": [1, 1.5, 1.5, 2.5, 2],
    "Mixed": [7, "7", None, "", 8],
}
ODD = {
    "Any": [1, "1", True, "b", None, "", CellError("#N/A"), "*", date(2024, 1, 31)],
    "Share": [0.5, 0.5, 0.25, 0.5, 0.75, 1, 0, 0.25, 2],
}


def read_value(text):
    """Excel's way of writing a value."""
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    if text in ERROR_CODES:
        return CellError(text)
    if text in {"TRUE", "FALSE"}:
        return text == "TRUE"
    return None if text == "blank" else float(text)


def read_cases():
    """(formula, expected, place) of every line in cases/."""
    found = []
    for path in sorted((Path(__file__).parent / "cases").glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("="):
                formula, _, expected = line.rpartition(" → ")
                found.append((formula, read_value(expected), f"{path.stem}:{number}"))
    return found


def same(answer, expected):
    """Equal kinds and values; numbers to 14 digits, as Excel shows them."""
    if isinstance(expected, float) and isinstance(answer, float):
        return answer == pytest.approx(expected, rel=1e-13, abs=1e-13)
    return type(answer) is type(expected) and answer == expected


@pytest.fixture(scope="session")
def fruit():
    return {"T": Frame(TABLE), "Odd": Frame(ODD)}


@pytest.fixture(scope="session")
def lead():
    return Frame({name: [value] for name, value in LEAD.items()})


def pytest_generate_tests(metafunc):
    if {"formula", "expected"} <= set(metafunc.fixturenames):
        cases = read_cases()
        metafunc.parametrize(
            ("formula", "expected"), [case[:2] for case in cases], ids=[case[2] for case in cases]
        )


@pytest.fixture(scope="session")
def cases():
    return read_cases()


@pytest.fixture(scope="session")
def agree():
    return same


@pytest.fixture(scope="session")
def moment():
    return NOW
