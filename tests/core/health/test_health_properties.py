"""What is planted is found, where it is, and a clean column gives nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.health.findings import EXAMPLES, Kind
from sheetcrm.core.health.page import health_page
from sheetcrm.core.health.report import SheetHealth
from sheetcrm.core.health.words import words
from sheetcrm.core.table.areas import parse_area
from sheetcrm.core.table.values import CellError, Severity
from tests.core.health.health_sheets import TODAY, found, of, places

AT = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = st.from_regex(r"[A-Z][a-z]{2,9}( [A-Z][a-z]{2,9})?", fullmatch=True)
NAMES = WORDS.map(lambda text: f"Pt {text}")
NUMBERS = st.one_of(st.integers(1, 10**9), st.floats(0.5, 10**6))
DATES = st.dates(date(1995, 1, 1), TODAY)
CLEAN = st.sampled_from(
    [("Roof", NAMES), ("Size", NUMBERS), ("Signed", DATES), ("Agreed", st.booleans())]
)

PLANTED = {
    Kind.STRAY_SPACES: ("Roof", NAMES, NAMES.map(lambda text: f"{text} ")),
    Kind.ERROR_CELLS: ("Size", NUMBERS, st.just(CellError("#REF!"))),
    Kind.UNCALCULATED: ("Size", NUMBERS, st.just(CellError("#N/A", calculated=False))),
    Kind.TEXT_NUMBER: ("Size", NUMBERS, st.integers(1, 9999).map(str)),
    Kind.MIXED_TYPES: ("Size", NUMBERS, NAMES),
    Kind.PLACEHOLDERS: ("Roof", NAMES, st.sampled_from(["-", "n/a", "Select", "belum tahu"])),
    Kind.TEXT_DATE: ("Signed", DATES, DATES.map(lambda day: f"{day:%d/%m/%Y}")),
    Kind.IMPOSSIBLE_DATE: (
        "Last contact",
        DATES,
        st.integers(1, 900).map(lambda days: TODAY + timedelta(days=days)),
    ),
    Kind.UNREADABLE_DATE: ("Last contact", DATES, NAMES),
    Kind.UNREADABLE_NUMBER: ("Budget", NUMBERS, NAMES),
    Kind.MISSPELT_EMAIL: (
        "Email",
        st.uuids().map(lambda one: f"a{one.hex}@example.com"),
        st.uuids().map(lambda one: f"a{one.hex}@gmial.com"),
    ),
    Kind.UNREADABLE_EMAIL: (
        "Email",
        st.uuids().map(lambda one: f"a{one.hex}@example.com"),
        NAMES,
    ),
}


def cells_of(addresses: list[str]) -> set[int]:
    """The rows of cells in column A."""
    areas = [parse_area(address) for address in addresses]
    return {row for area in areas for row in range(area.first_row, area.last_row + 1)}


@settings(max_examples=60)
@given(data=st.data(), kind=st.sampled_from(list(PLANTED)), height=st.integers(3, 14))
def test_what_is_planted_is_found_where_it_is(data, kind, height):
    header, clean, wrong = PLANTED[kind]
    bad = data.draw(st.sets(st.integers(0, height - 1), min_size=1, max_size=(height - 1) // 2))
    values = [data.draw(wrong if row in bad else clean) for row in range(height)]
    finding = of(kind, found({header: values}))
    assert finding is not None
    assert cells_of(places(finding)) == {row + 2 for row in bad}
    assert finding.count == len(bad)
    assert sum(place.cells for place in finding.places) == finding.count
    assert all(example.shown for example in finding.examples)


@settings(max_examples=60)
@given(data=st.data(), column=CLEAN, blanks=st.booleans())
def test_a_clean_column_gives_nothing(data, column, blanks):
    header, clean = column
    cells = st.one_of(clean, st.none()) if blanks else clean
    values = [data.draw(clean), *data.draw(st.lists(cells, max_size=12))]
    assert found({header: values}) == []


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text("0123456789/-.,+@ gmailcomp\u00a0\n", max_size=20),
    st.dates(),
    st.datetimes(),
    st.sampled_from([CellError("#N/A"), CellError("#N/A", calculated=False)]),
)
HEADERS = st.sampled_from(
    [
        "Name",
        "Email",
        "HP",
        "Negara",
        "Budget",
        "Last contact",
        "Birthday",
        "Replied",
        "Interest",
        "Status",
        "Roof",
        "Roof (C1)",
        "B1",
        "Alamat email",
        "{about}",
        "Score",
    ]
)


@settings(max_examples=120)
@given(data=st.data(), headers=st.lists(HEADERS, min_size=1, max_size=5, unique=True))
def test_whatever_stands_in_a_sheet_it_is_told(data, headers):
    height = data.draw(st.integers(0, 6))
    cells = st.lists(ANYTHING, min_size=height, max_size=height)
    findings = found(
        {header: data.draw(cells) for header in headers}, needed=headers, outputs=["Score"]
    )
    for finding in findings:
        assert sum(place.cells for place in finding.places) in {finding.count, 0}
        assert len(finding.examples) <= EXAMPLES
        assert finding.column != "Score"
    for language in ("id", "es", "en"):
        said = words(language)
        groups = [group for weight in Severity for group in said.groups(findings, weight)]
        assert sum(len(group.findings) for group in groups) == len(findings)
    sheet_ = SheetHealth(source="a", locator="a.csv", leads=height, findings=findings)
    assert health_page([sheet_], AT, words("es")).endswith("</html>")


@settings(max_examples=60)
@given(
    groups=st.lists(st.integers(1, 4), min_size=1, max_size=6),
    shuffle=st.randoms(use_true_random=False),
)
def test_every_row_of_a_person_that_stands_there_twice_is_told(groups, shuffle):
    values = [f"p{person}@example.com" for person, times in enumerate(groups) for _ in range(times)]
    shuffle.shuffle(values)
    twice = {f"p{person}@example.com" for person, times in enumerate(groups) if times > 1}
    spelt = [value.upper() if index % 2 else value for index, value in enumerate(values)]
    finding = of(Kind.DUPLICATES, found({"Email": spelt}))
    rows = {index + 2 for index, value in enumerate(values) if value in twice}
    assert cells_of(places(finding)) == rows
