"""What is planted is found, where it is, and a clean column gives nothing."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.health.findings import Kind
from sheetcrm.core.table.areas import parse_area
from sheetcrm.core.table.values import CellError
from tests.core.health.health_sheets import TODAY, found, of, places

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


@settings(max_examples=120)
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
