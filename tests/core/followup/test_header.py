from __future__ import annotations

import pytest

from sheetcrm.core.followup.header import split_header


def subject(value: str) -> str:
    return split_header(f"---\nSubject: {value}\n---\nbody").text("Subject")


@pytest.mark.parametrize(
    "value",
    [
        "Halo: apa kabar",
        "{{ lead.first_name }}, solar",
        "[Baru] panel",
        "*promo*",
        "@you",
        "Halo # promo",
        "no",
        "1:30",
        "'quoted'",
    ],
)
def test_a_value_is_what_stands_there(value):
    assert subject(value) == value


def test_lists_are_divided_at_commas_and_semicolons():
    split = split_header("---\nFor-location: Jakarta, Bogor ; Depok,\n---\nx")
    assert split.items("For-location") == ("Jakarta", "Bogor", "Depok")


def test_keys_compare_as_names_do_and_comments_and_blank_lines_are_skipped():
    split = split_header("---\n# why\n\nfor_location: Bali\nSUBJECT: x\n---\nbody")
    assert split.items("For-location") == ("Bali",)
    assert split.text("Subject") == "x"
    assert not split.faults


def test_the_body_keeps_the_lines_of_the_file():
    text = "---\nSubject: a\n---\nfirst\nsecond"
    assert split_header(text).body.split("\n") == ["", "", "", "first", "second"]
    assert split_header("no header\n").body == "no header\n"


@pytest.mark.parametrize(
    ("header", "line", "message", "hint"),
    [
        ("Subjet: x", 2, "unknown header “Subjet”", "did you mean Subject?"),
        ("For-gender:", 2, "For-gender names nothing", ""),
        ("Subject: a\nSubject: b", 3, "Subject is there twice (line 2)", ""),
        ("just words", 2, "not understood: just words", "each line of the header is  Key: value"),
        ("Status: redy", 2, "Status is ready or draft, not “redy”", ""),
    ],
)
def test_a_fault_has_its_line(header, line, message, hint):
    (fault,) = split_header(f"---\n{header}\n---\nbody").faults
    assert (fault.line, fault.message, fault.hint) == (line, message, hint)


def test_a_header_without_an_end():
    (fault,) = split_header("---\nSubject: x\nbody").faults
    assert fault.message == "the header has no end"
