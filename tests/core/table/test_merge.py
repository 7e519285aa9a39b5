from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.table.merge import merge, overridden, same
from sheetcrm.core.table.values import CellError, Column, Edit, Override, Tab

IDS = ["L-1", "L-2", "L-3"]


def tab(**columns):
    return Tab(
        source="expo",
        title="Leads",
        header_row=1,
        rows=[2, 3, 7],
        columns=[
            Column(header=header, letter="P", values=values) for header, values in columns.items()
        ],
    )


def key_values(*values, header="Score"):
    return {(lead, header): value for lead, value in zip(IDS, values, strict=True)}


def test_a_new_column_is_filled_and_appended():
    merged = merge(
        tab(Nama=["a", "b", "c"]), IDS, {"Score": [1, None, 3], "Why": [None, "", None]}, written={}
    )
    assert merged.append == ("Score",)
    assert merged.edits == [
        Edit(lead="L-1", row=2, header="Score", before=None, after=1),
        Edit(lead="L-3", row=7, header="Score", before=None, after=3),
    ]
    assert merged.written == {("L-1", "Score"): 1, ("L-3", "Score"): 3}
    assert merged.overrides == []


def test_what_we_wrote_is_updated_and_what_a_person_wrote_is_kept():
    merged = merge(
        tab(Score=[10, 99, 10]),
        IDS,
        {"Score": [12, 12, 10]},
        written=key_values(10, 10, 10),
        reasons={"Score": "abc"},
    )
    assert merged.edits == [
        Edit(lead="L-1", row=2, header="Score", before=10, after=12, reason="a")
    ]
    assert merged.overrides == [Override(lead="L-2", header="Score", value=99, computed=12)]
    assert merged.written == key_values(12, 10, 10)
    assert merged.append == ()


def test_a_value_from_before_our_time_is_a_persons():
    merged = merge(
        tab(Stage=["SQL", "MQL", None]), IDS, {"Stage": ["Lead", "MQL", "Lead"]}, written={}
    )
    assert [override.lead for override in merged.overrides] == ["L-1"]
    assert merged.written == {("L-2", "Stage"): "MQL", ("L-3", "Stage"): "Lead"}


def test_a_cleared_cell_is_ours_again():
    merged = merge(
        tab(Score=[None, "", " "]), IDS, {"Score": [5, 6, None]}, written=key_values(1, 2, 3)
    )
    assert [(edit.before, edit.after) for edit in merged.edits] == [(None, 5), ("", 6)]
    assert merged.written == key_values(5, 6, None)


def test_what_is_ours_and_no_longer_computed_is_emptied():
    merged = merge(
        tab(Score=[10, 99, 10]), IDS, {"Score": [None, None, ""]}, written=key_values(10, 10, 10)
    )
    assert [(edit.lead, edit.after) for edit in merged.edits] == [("L-1", None), ("L-3", None)]
    assert [override.value for override in merged.overrides] == [99]


def test_values_of_a_run_that_was_cut_off_are_ours():
    merged = merge(
        tab(Score=[11, 12, 13]),
        IDS,
        {"Score": [20, 20, 20]},
        written=key_values(1, 2, 3),
        pending={("L-2", "Score"): (7, 12)},
    )
    assert [edit.lead for edit in merged.edits] == ["L-2"]
    assert [override.lead for override in merged.overrides] == ["L-1", "L-3"]


def test_a_header_in_another_case_is_the_same_column():
    sheet = tab(SCORE=[1, 5, None])
    merged = merge(sheet, IDS, {"Score": [2, 2, 2]}, written=key_values(1, 1, 1))
    assert [edit.header for edit in merged.edits] == ["SCORE", "SCORE"]
    assert merged.append == ()
    assert overridden(sheet, IDS, "Score", written=key_values(1, 1, 1)) == {"L-2": 5}


def test_persons_values_are_known_before_anything_is_computed():
    sheet = tab(Stage=["SQL", "MQL", None])
    written = key_values("MQL", "MQL", "MQL", header="Stage")
    assert overridden(sheet, IDS, "Stage", written=written, pending={}) == {"L-1": "SQL"}
    assert overridden(sheet, IDS, "Stage", written={}, pending={("L-2", "Stage"): ("MQL",)}) == {
        "L-1": "SQL"
    }
    assert overridden(sheet, IDS, "Segment", written=written) == {}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 1.0, True),
        (0.1 + 0.2, 0.3, True),
        (1, 1.001, False),
        (True, 1, False),
        (False, None, False),
        (0, None, False),
        (None, "", True),
        ("", " ", True),
        ("a", "a ", True),
        ("a\r\nb", "a\nb", True),
        ("José", "Jose\u0301", True),
        ("a", "A", False),
        ("1", 1, False),
        (date(2025, 12, 31), datetime(2025, 12, 31), True),
        (date(2025, 12, 31), datetime(2025, 12, 31, 1), False),
        (date(2025, 12, 31), 46022, True),
        (46022.5, datetime(2025, 12, 31, 12), True),
        (date(2025, 12, 31), "2025-12-31", False),
        (CellError("#N/A"), CellError("#N/A"), True),
        (CellError("#N/A"), "#N/A", False),
        (CellError("#N/A"), 0, False),
    ],
)
def test_same(one, other, expected):
    assert same(one, other) is expected
    assert same(other, one) is expected


CELLS = st.sampled_from(
    [
        None,
        "",
        "x",
        "X",
        "x ",
        0,
        1,
        1.0,
        True,
        False,
        date(2025, 1, 1),
        datetime(2025, 1, 1),
        45658,
        CellError("#N/A"),
    ]
)
COLUMNS = st.lists(CELLS, min_size=3, max_size=3)


@given(
    before=st.dictionaries(st.sampled_from(["Score", "Stage", "Nama"]), COLUMNS),
    outputs=st.dictionaries(st.sampled_from(["Score", "Stage", "Why"]), COLUMNS),
    written=st.dictionaries(
        st.tuples(st.sampled_from(IDS), st.sampled_from(["Score", "Stage", "Why"])), CELLS
    ),
    pending=st.dictionaries(
        st.tuples(st.sampled_from(IDS), st.sampled_from(["Score", "Stage"])),
        st.lists(CELLS).map(tuple),
    ),
)
def test_merging_writes_only_our_cells_keeps_overrides_and_settles_at_once(
    before, outputs, written, pending
):
    sheet = tab(**before)
    merged = merge(sheet, IDS, outputs, written=written, pending=pending)

    theirs = {(override.lead, override.header) for override in merged.overrides}
    for edit in merged.edits:
        assert edit.header in outputs
        assert edit.header in before or edit.header in merged.append
        assert (edit.lead, edit.header) not in theirs
        assert not same(edit.before, edit.after)

    after = {column.header: list(column.values) for column in sheet.columns}
    for edit in merged.edits:
        after.setdefault(edit.header, [None] * 3)[IDS.index(edit.lead)] = edit.after
    for override in merged.overrides:
        assert after[override.header][IDS.index(override.lead)] == override.value

    again = merge(
        replace(sheet, columns=tab(**after).columns), IDS, outputs, written=merged.written
    )
    assert again.edits == []
    assert {(o.lead, o.header) for o in again.overrides} <= theirs
    for header in outputs:
        persons = overridden(tab(**after), IDS, header, written=merged.written)
        assert set(persons) == {lead for lead, column in theirs if column == header}
