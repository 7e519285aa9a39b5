from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.dates import from_serial, serial
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.values import CellError

LAST_DAY = date(2025, 12, 31)


def dates(cells, **locale):
    return clean_column(cells, FieldType.DATE, Locale(**locale))


@pytest.mark.parametrize(
    "cell",
    [
        LAST_DAY,
        46022,
        46022.0,
        20251231,
        "46022",
        "20251231",
        "31/12/2025",
        "31-12-2025",
        "31.12.25",
        "31 12 2025",
        "12/31/2025",
        "2025-12-31",
        "2025/12/31",
        "31 Des 2025",
        "31 Desember 2025",
        "Rabu, 31 Desember 2025",
        "tgl 31 Des 2025",
        "31 de diciembre de 2025",
        "miércoles 31 dic. 2025",
        "Dec 31, 2025",
        "December 31st, 2025",
        "Wed 31 December 2025",
        "31-Dec-25",
        "2025 Dec 31",
        "31 Des '25",
        " 31/12/2025 ",
    ],
)
def test_one_day_written_in_many_ways(cell):
    cleaned = dates([cell])
    assert cleaned.values == [LAST_DAY]
    assert cleaned.faults == []


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (46022.5, datetime(2025, 12, 31, 12)),
        ("31/12/2025 14:30", datetime(2025, 12, 31, 14, 30)),
        ("12/31/2025 2:30 PM", datetime(2025, 12, 31, 14, 30)),
        ("31/12/2025, 12:05 a. m.", datetime(2025, 12, 31, 0, 5)),
        ("2025-12-31T14:30:05", datetime(2025, 12, 31, 14, 30, 5)),
        ("2025-12-31T14:30:05.123Z", datetime(2025, 12, 31, 21, 30, 5)),
        ("2025-12-31 14:30 +0800", datetime(2025, 12, 31, 13, 30)),
        ("31 Desember 2025 pukul 14.30 WIB", datetime(2025, 12, 31, 14, 30)),
        ("31 Desember 2025 jam 14.30 WITA", datetime(2025, 12, 31, 13, 30)),
        ("31.12.25 14.30", datetime(2025, 12, 31, 14, 30)),
        ("31 de diciembre de 2025 a las 14:30 h", datetime(2025, 12, 31, 14, 30)),
        (datetime(2025, 12, 31, 9, tzinfo=UTC), datetime(2025, 12, 31, 9)),
    ],
)
def test_days_with_a_time(cell, expected):
    cleaned = dates([cell])
    assert cleaned.values == [expected]
    assert cleaned.faults == []


def test_month_names_in_three_languages():
    cells = ["1 Januari 2024", "2 Pebruari 2024", "3 Mar 2024", "4 abril 2024", "5 Mei 2024", "6 junio 2024",
             "7 Jul 2024", "8 Agt 2024", "9 set 2024", "10 Okt 2024", "11 Nop 2024", "12 dic 2024"]  # fmt: skip
    assert dates(cells).values == [date(2024, month, month) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("cells", "country", "expected"),
    [
        (["03/04/2025"], "ID", date(2025, 4, 3)),
        (["03/04/2025"], "ES", date(2025, 4, 3)),
        (["03/04/2025"], "GB", date(2025, 4, 3)),
        (["03/04/2025"], "US", date(2025, 3, 4)),
        (["03.04.2025"], "US", date(2025, 4, 3)),
        (["03/04/2025", "13/04/2025"], "US", date(2025, 4, 3)),
        (["03/04/2025", "04-13-2025"], "ID", date(2025, 3, 4)),
        (["03/04/2025", "not a date 99", 5], "ID", date(2025, 4, 3)),
    ],
)
def test_the_column_then_the_country_settles_day_and_month(cells, country, expected):
    assert dates(cells, country=country).values[0] == expected


def test_both_orders_in_one_column_are_remarked_on_where_it_matters():
    cleaned = dates(["13/04/2025", "04/13/2025", "03/04/2025", "05/05/2025"])
    assert cleaned.values == [
        date(2025, 4, 13),
        date(2025, 4, 13),
        date(2025, 4, 3),
        date(2025, 5, 5),
    ]
    assert [index for index, _, _ in cleaned.faults] == [2]
    assert "both orders" in cleaned.faults[0][1]


@pytest.mark.parametrize(
    ("cell", "expected"), [("Des 2025", date(2025, 12, 1)), ("12/2025", date(2025, 12, 1))]
)
def test_a_month_is_its_first_day_with_a_remark(cell, expected):
    cleaned = dates([cell])
    assert cleaned.values == [expected]
    assert "first of the month" in cleaned.faults[0][1]


@pytest.mark.parametrize(
    "cell",
    ["31/02/2025", "31/12", "25 Dec", "kemarin", "senin", 2025, "2025", 7, "0812-3456-7890", "5 jt", True,
     "31/12/2025 25:00", "1/2/3/4", "31 Des 1025", 1e300, float("inf")],
)  # fmt: skip
def test_no_dates(cell):
    cleaned = dates([cell])
    assert cleaned.values == [CellError("#VALUE!")]
    assert cleaned.faults[0][2] == "write it like 2025-12-31"


@pytest.mark.parametrize("cell", ["-", "TBD", "belum pasti", "por definir", "", None])
def test_unknown_dates_are_blank(cell):
    assert dates([cell]).values == [None]


DAYS = st.dates(min_value=date(1970, 1, 1), max_value=date(2068, 12, 31))
FORMATS = [
    "%d/%m/%Y",
    "%Y-%m-%d",
    "%d.%m.%y",
    "%d %b %Y",
    "%B %d, %Y",
    "%A, %d %B %Y",
    "%Y%m%d",
    "%d-%b-%y",
]


@given(DAYS, st.sampled_from(FORMATS))
def test_every_day_is_read_back(day, style):
    assert dates([day.strftime(style)]).values == [day]


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    )
)
def test_serial_numbers_keep_the_second(moment):
    back = from_serial(serial(moment))
    assert (
        datetime(back.year, back.month, back.day) + timedelta(0) == moment
        if not isinstance(back, datetime)
        else back == moment
    )
