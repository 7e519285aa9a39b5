from __future__ import annotations

import re
from string import ascii_uppercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.identity import also_ours, duplicates, identify
from sheetcrm.core.table.leads import read_leads
from sheetcrm.core.table.merge import merge
from sheetcrm.core.table.starter import STARTER_FIELDS
from sheetcrm.core.table.values import Column, Severity, Tab

HEADERS = ["Nama", "Email", "No. HP", "Kota", "Catatan"]
ANA = ["Ana", "ana@example.com", "081234567890", "Bandung", None]
BUDI = ["Budi", "budi@example.com", None, "Jakarta", "x"]
CITRA = ["Citra", None, "081298765432", "Bogor", None]
DEWI = ["Dewi", None, None, "Depok", None]
NOBODY = [None, None, None, None, "asked at the fair"]
ROWS = [ANA, BUDI, CITRA, DEWI, NOBODY]


def sheet(rows, ids=None, **more):
    columns = (
        dict(zip(HEADERS, zip(*rows, strict=True), strict=True))
        if rows
        else dict.fromkeys(HEADERS, ())
    )
    if ids is not None:
        columns["Lead ID"] = ids
    columns |= more
    tab = Tab(
        source="expo",
        title="Leads",
        header_row=1,
        rows=range(2, 2 + len(rows)),
        columns=[
            Column(header=header, letter=letter, values=list(values))
            for letter, (header, values) in zip(ascii_uppercase, columns.items(), strict=False)
        ],
    )
    return read_leads(tab, STARTER_FIELDS, Locale(), reserved=["Lead ID", *more])


def find(rows, ids=None, known=None, id_header="Lead ID"):
    return identify(
        sheet(rows, ids), id_header=id_header, identifying=["email", "phone"], known=known or {}
    )


FIRST = find(ROWS)
IDS = FIRST.ids
KNOWN = dict(zip(IDS, FIRST.fingerprints, strict=True))


def changed(row, **values):
    return [values.get(header, value) for header, value in zip(HEADERS, row, strict=True)]


def test_new_leads_get_short_ids_that_are_always_the_same():
    assert len(set(IDS)) == 5
    assert all(re.fullmatch(r"L-[0-9A-HJKMNP-TV-Z]{7}", lead) for lead in IDS)
    assert find(ROWS).ids == IDS
    assert FIRST.problems == ()
    assert FIRST.gone == ()


def test_the_same_sheet_is_the_same_leads():
    again = find(ROWS, IDS, KNOWN)
    assert (again.ids, again.gone, again.problems) == (IDS, (), ())
    assert again.fingerprints == FIRST.fingerprints


def test_a_fingerprint_is_who_somebody_is_and_not_how_it_is_written():
    same = [
        ["ANA", "Ana@Example.com ", "+62 812-3456-7890", "Bandung", "called"],
        changed(BUDI, Nama="Budi S."),
        changed(CITRA, Kota="Depok"),
        changed(DEWI, Nama=" dewi", Catatan="new"),
    ]
    assert find(same, None, KNOWN).ids == IDS[:4]


def test_an_edited_lead_keeps_its_id():
    rows = [changed(ANA, Email="ana@example.org"), *ROWS[1:]]
    found = find(rows, IDS, KNOWN)
    assert (found.ids, found.gone, found.problems) == (IDS, (), ())


def test_a_lost_id_column_changes_nothing():
    assert find(ROWS, None, KNOWN).ids == IDS
    assert find(ROWS, [None, "", *IDS[2:]], KNOWN).ids == IDS
    assert find(ROWS[::-1], None, KNOWN, id_header=None).ids == IDS[::-1]


def test_a_copied_row_gets_a_new_id_and_is_remarked_on():
    found = find([*ROWS, ANA], [*IDS, IDS[0]], KNOWN)
    assert found.ids[:5] == IDS
    assert found.ids[5] not in KNOWN
    (problem,) = found.problems
    assert (problem.severity, problem.cell, problem.lead) == (Severity.NOTE, "F7", found.ids[5])
    assert IDS[0] in problem.message


def test_of_a_copy_that_was_edited_the_original_stays_itself():
    copy = changed(ANA, Nama="Eka", Email="eka@example.com", **{"No. HP": None})
    found = find([copy, *ROWS], [IDS[0], *IDS], KNOWN)
    assert found.ids[1:] == IDS
    assert found.ids[0] not in KNOWN


def test_a_lead_that_was_edited_and_then_copied_keeps_its_id_once():
    edited = changed(ANA, Email="ana@example.org")
    found = find([edited, *ROWS[1:], edited], [*IDS, IDS[0]], KNOWN)
    assert found.ids[:5] == IDS
    assert found.ids[5] not in KNOWN


def test_ids_that_a_sort_left_behind_are_set_right():
    for shift in range(1, 5):
        ids = IDS[shift:] + IDS[:shift]
        found = find(ROWS, ids, KNOWN)
        assert (found.ids, found.problems) == (IDS, ())


def test_a_new_row_among_rows_that_left_their_ids_behind():
    eka = ["Eka", "eka@example.com", None, None, None]
    found = find([*ROWS[:2], eka, *ROWS[2:]], [*IDS[:2], *IDS[3:], IDS[2], None], KNOWN)
    assert [*found.ids[:2], *found.ids[3:]] == IDS
    assert found.ids[2] not in KNOWN
    assert [problem.severity for problem in found.problems] == [Severity.WARNING]


def test_a_row_that_has_the_id_and_another_that_has_the_fingerprint_are_reported():
    rows = [changed(ANA, Email="ana@example.org"), *ROWS[1:], ANA]
    found = find(rows, [*IDS, None], KNOWN)
    assert found.ids[1:5] == IDS[1:]
    assert not {found.ids[0], found.ids[5]} & set(KNOWN)
    assert found.gone == (IDS[0],)
    assert [problem.row for problem in found.problems] == [2, 7]
    assert all(IDS[0] in problem.message and problem.hint for problem in found.problems)


def test_merging_two_rows_of_one_person_by_hand_keeps_the_row_that_stays():
    rows = [changed(ANA, Email="budi@example.com", **{"No. HP": None}), *ROWS[2:]]
    found = find(rows, [IDS[0], *IDS[2:]], KNOWN)
    assert found.ids == [IDS[0], *IDS[2:]]
    assert found.gone == (IDS[1],)
    assert found.problems == ()


def test_an_id_that_the_ledger_does_not_know_is_accepted_once():
    assert find([ANA, BUDI], ["A-17", 42.0]).ids == ["A-17", "42"]
    twice = find([ANA, BUDI], ["A-17", "A-17"])
    assert "A-17" not in twice.ids
    assert [problem.severity for problem in twice.problems] == [Severity.WARNING] * 2
    assert find([ANA], ["x" * 100]).ids == IDS[:1]


def test_twins_that_lost_all_their_ids_are_told_apart_by_their_order():
    twins = [ANA, BUDI, ANA, ANA]
    first = find(twins)
    known = dict(zip(first.ids, first.fingerprints, strict=True))
    upside_down = dict(reversed(known.items()))
    for cells in (None, [None, first.ids[1], "", None], [first.ids[0], None, None, None]):
        found = find(twins, cells, upside_down)
        assert (found.ids, found.gone, found.problems) == (first.ids, (), ())


def test_twins_are_reported_where_their_number_or_their_ids_differ():
    first = find([ANA, ANA, BUDI])
    known = dict(zip(first.ids, first.fingerprints, strict=True))
    assert len(known) == 3
    assert find([ANA, ANA, BUDI], first.ids, known).ids == first.ids
    assert find([ANA, ANA, BUDI], [first.ids[0], None, None], known).ids == first.ids
    edited = changed(ANA, Email="ana@example.org")
    for rows, cells, unclear in (
        ([ANA, BUDI], None, [2]),
        ([ANA, ANA, ANA, BUDI], None, [2, 3, 4]),
        ([ANA, ANA, BUDI, edited], [None, None, first.ids[2], first.ids[0]], [2, 3]),
        ([ANA, ANA, BUDI], ["typed", "typed", None], [2, 3]),
    ):
        found = find(rows, cells, known)
        assert found.ids[rows.index(BUDI)] == first.ids[2]
        assert not {found.ids[row - 2] for row in unclear} & set(known)
        assert [problem.row for problem in found.problems] == unclear
    assert find([ANA, ANA, BUDI], None, known, id_header=None).ids == first.ids


def test_gone_leads_are_listed_and_come_back_as_themselves():
    found = find(ROWS[:3], IDS[:3], KNOWN)
    assert found.gone == tuple(IDS[3:])
    assert find([*ROWS[:3], DEWI], [*IDS[:3], None], KNOWN).ids == IDS[:4]


def test_an_empty_tab():
    assert find([], None, KNOWN).ids == []


@settings(max_examples=60)
@given(st.data())
def test_moving_inserting_and_deleting_rows_never_changes_who_somebody_is(data):
    order = data.draw(st.permutations(range(5)))
    kept = order[: data.draw(st.integers(0, 5))]
    rows = [(ROWS[i], data.draw(st.sampled_from([IDS[i], IDS[i], None])), IDS[i]) for i in kept]
    for number in range(data.draw(st.integers(0, 3))):
        new = [f"New {number}", f"new{number}@example.com", None, None, None]
        rows.insert(data.draw(st.integers(0, len(rows))), (new, None, None))
    found = find([row for row, _, _ in rows], [cell for _, cell, _ in rows], KNOWN)
    for lead, (_, _, expected) in zip(found.ids, rows, strict=True):
        assert lead == expected if expected else lead not in KNOWN
    assert set(found.gone) == set(KNOWN) - set(found.ids)


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [*ROWS, changed(ANA, Email="new@example.com"), changed(ANA, Email="b@example.com")]
            ),
            st.sampled_from([*IDS, None, "typed", "typed too", 7.0, True]),
        ),
        max_size=8,
    ),
    st.sampled_from(["Lead ID", None]),
    st.sets(st.sampled_from(IDS)),
)
def test_whatever_is_done_to_a_sheet_ids_are_unique_and_settle(rows, id_header, known_ids):
    known = {lead: KNOWN[lead] for lead in known_ids}
    people, cells = [row for row, _ in rows], [cell for _, cell in rows]
    found = find(people, cells, known, id_header=id_header)
    assert len(set(found.ids)) == len(rows)
    for lead, print_, cell in zip(found.ids, found.fingerprints, cells, strict=True):
        assert lead not in known or known[lead] == print_ or lead == cell
    after = known | dict(zip(found.ids, found.fingerprints, strict=True))
    again = find(people, found.ids, after)
    assert (again.ids, again.problems) == (found.ids, ())


def test_what_we_wrote_beside_another_lead_is_no_persons_override():
    outputs = {"Lead ID": IDS, "Score": [10, 20, 30, 40, 50]}
    leads = sheet(ROWS)
    written = merge(leads.tab, IDS, outputs, written={}).written

    copied = sheet([*ROWS, ANA], [*IDS, IDS[0]], Score=[10, 20, 30, 40, 50, 10])
    found = identify(copied, id_header="Lead ID", identifying=["email", "phone"], known=KNOWN)
    pending = also_ours(found, written=written, pending={})
    merged = merge(
        copied.tab,
        found.ids,
        {"Lead ID": found.ids, "Score": [10, 20, 30, 40, 50, 15]},
        written=written,
        pending=pending,
    )
    assert merged.overrides == []
    assert {(edit.header, edit.before, edit.after) for edit in merged.edits} == {
        ("Lead ID", IDS[0], found.ids[5]),
        ("Score", 10, 15),
    }


def test_an_id_cell_never_keeps_an_id_that_is_not_the_leads():
    leads = sheet([ANA, BUDI], ["typed", "typed"])
    found = identify(leads, id_header="Lead ID", identifying=["email", "phone"], known={})
    pending = also_ours(found, written={}, pending={("L-9", "Score"): (1,)})
    assert pending["L-9", "Score"] == (1,)
    merged = merge(leads.tab, found.ids, {"Lead ID": found.ids}, written={}, pending=pending)
    assert [edit.after for edit in merged.edits] == found.ids


WAS = {"Score": [1, 2, 3, 4, 5], "Why": ["a", "b", "c", "d", "e"]}
MEANT = {"Score": [10, 20, 30, 40, 50], "Why": ["+10", "+20", "+30", "+40", "+50"]}


def merged_after_a_run_that_was_cut_off(standing, meant):
    """The plan of the run after one that meant to write `meant`, when this stands there now."""
    written = {(i, h): v for h, values in WAS.items() for i, v in zip(IDS, values, strict=True)}
    pending = {
        (i, h): (v,) for h, values in meant.items() for i, v in zip(IDS, values, strict=True) if v
    }
    leads = sheet(ROWS, IDS, **standing)
    found = identify(leads, id_header="Lead ID", identifying=["email", "phone"], known=KNOWN)
    ours = also_ours(found, written=written, pending=pending)
    return merge(leads.tab, found.ids, MEANT, written=written, pending=ours)


def test_what_a_cut_off_run_put_beside_another_lead_is_no_persons_override():
    standing = {name: [values[1], values[0], *values[2:]] for name, values in MEANT.items()}
    merged = merged_after_a_run_that_was_cut_off(standing, MEANT)
    assert merged.overrides == []
    assert {(edit.lead, edit.header, edit.after) for edit in merged.edits} == {
        (IDS[0], "Score", 10),
        (IDS[1], "Score", 20),
        (IDS[0], "Why", "+10"),
        (IDS[1], "Why", "+20"),
    }


def test_a_single_value_that_a_cut_off_run_meant_for_another_lead_may_be_a_persons():
    standing = {"Score": [20, 2, 3, 4, 5], "Why": WAS["Why"]}
    merged = merged_after_a_run_that_was_cut_off(standing, {"Score": MEANT["Score"]})
    assert [(one.lead, one.value) for one in merged.overrides] == [(IDS[0], 20)]


def test_what_a_cut_off_run_put_where_it_should_be_explains_no_other_lead():
    standing = {name: [values[1], *values[1:]] for name, values in MEANT.items()}
    merged = merged_after_a_run_that_was_cut_off(standing, MEANT)
    assert [(one.lead, one.value) for one in merged.overrides] == [(IDS[0], 20), (IDS[0], "+20")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([ANA, BUDI], []),
        ([ANA, BUDI, changed(BUDI, Email="ANA@example.com")], [("B4", "B2")]),
        ([ANA, changed(BUDI, **{"No. HP": "+62 812 3456 7890"})], [("C3", "C2")]),
        ([ANA, ANA, ANA], [("B3", "B2"), ("B4", "B2")]),
        ([changed(ANA, Email="?"), changed(BUDI, Email="?")], []),
        ([changed(ANA, Email="bad"), changed(BUDI, Email="bad")], []),
    ],
)
def test_duplicates_are_told_with_both_addresses(rows, expected):
    leads = sheet(rows)
    found = duplicates(
        leads, identify(leads, id_header=None, identifying=["email", "phone"], known={})
    )
    assert [
        (problem.cell, re.search(r"[A-Z]\d", problem.message)[0]) for problem in found
    ] == expected
    assert all(problem.severity is Severity.WARNING and problem.lead for problem in found)
