"""Whoever writes a function as Spanish Excel calls it is told what it is called here."""

from __future__ import annotations

import pytest

from sheetcrm.core.formula import Names, check, parse, registry
from sheetcrm.core.formula.spanish import SPANISH, spanish_hint
from sheetcrm.core.table.names import fold
from sheetcrm.errors import FormulaError


@pytest.mark.parametrize(("spanish", "english"), SPANISH.items())
def test_every_spanish_name_leads_to_a_function_that_there_is(spanish, english):
    assert english in registry.names()
    with pytest.raises(FormulaError) as caught:
        parse(f"=1+{spanish.lower()}([@A])")
    assert caught.value.message == f"there is no function {spanish}"
    assert caught.value.hint == f"did you mean {english}? ({spanish} in Spanish Excel)"
    assert caught.value.offset == 3


def test_no_two_names_are_the_same_folded():
    assert len({fold(name) for name in SPANISH}) == len(SPANISH)


@pytest.mark.parametrize(
    ("typed", "english"),
    [("SIERROR", "IFERROR"), ("Índice", "INDEX"), ("REDONDEAR.MÁS", "ROUNDUP"), ("ANO", "YEAR")],
)
def test_accents_and_dots_do_not_matter(typed, english):
    assert spanish_hint(typed).startswith(f"did you mean {english}?")


def test_what_is_not_spanish_gets_the_nearest_name():
    assert spanish_hint("IFF") == ""


def test_truths_are_often_written_without_brackets():
    (fault,) = check(parse("=IF([@A],VERDADERO,1)"), Names(columns=frozenset({"A"})))
    assert fault.hint == "did you mean TRUE? (VERDADERO in Spanish Excel)"
