"""No formula runs for ever: each slow kind really runs here, under a small budget."""

from __future__ import annotations

import threading
import time

import pytest

from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.formula.evaluate import THREADS
from sheetcrm.core.table.values import CellError
from sheetcrm.errors import FormulaError

VALUE = CellError("#VALUE!")
MANY = Frame(
    {
        "A": [i + 0.5 for i in range(60_000)],
        "S": [f"lead {i} of sixty thousand" for i in range(60_000)],
    }
)
LONG = Frame({"S": [f"{i:x}" * 4_000 for i in range(2, 16)]})
NESTED = "=" + "REGEXREPLACE(" * 40 + "[@S]" + ',"(.)","$1")' * 40


@pytest.mark.parametrize(
    ("text", "frame", "hint"),
    [
        ("=SUMPRODUCT(([A]>[@A])*1)", MANY, "COUNTIFS"),
        ("=MEDIAN(IF([A]>[@A],[A]))", MANY, "COUNTIFS"),
        ('=COUNTIF([S],"*"&[@S]&"*")', MANY, "COUNTIFS"),
        ('=SUMIFS([A],[A],"<>"&[@A],[S],"<>"&[@S])', MANY, "COUNTIFS"),
        ('=XLOOKUP("*"&[@S]&"?",[S],[A],0,2)', MANY, "COUNTIFS"),
        ("=ROMAN([@A])&FACT([@A])", MANY, "FACT and ROMAN"),
        ("=SUM(SEQUENCE(2000,2000))*LEN([@S])+ROMAN(LEN([@S]))", LONG, "ROMAN and SEQUENCE"),
        (NESTED, LONG, "several rules"),
    ],
    ids=["pairs", "array", "wildcards", "criteria", "lookup", "fallback", "heavy call", "nested"],
)
def test_after_the_budget_the_slowest_is_named_and_its_thread_ends(text, frame, hint):
    start = time.perf_counter()
    with pytest.raises(FormulaError, match=r"longer than 0\.1 seconds") as caught:
        evaluate([parse("=1"), parse(text)], frame, budget_seconds=0.1)
    assert time.perf_counter() - start < 60  # else: minutes
    assert caught.value.text == text
    assert hint in caught.value.hint
    for thread in threading.enumerate():
        if thread.name.startswith(THREADS):
            thread.join(120)
            assert not thread.is_alive()


def test_patterns_run_in_linear_time():
    hostile = Frame({"S": ["a" * 30_000 + "b"]})
    start = time.perf_counter()
    for text, expected in (
        ('=REGEXTEST([@S],"^(a+)+$")', False),
        ('=REGEXEXTRACT([@S],"(a*)*c")', CellError("#N/A")),
        ('=LEN(REGEXREPLACE([@S],"(a|a)*b","x"))', 1.0),
        (f'=COUNTIF([S],"{"*a" * 60}*c")', 0.0),
        (f'=SEARCH("{"*a" * 60}c",[@S])', VALUE),
    ):
        assert evaluate([parse(text)], hostile) == [[expected]], text
    assert time.perf_counter() - start < 60  # else: for ever


def test_as_long_and_as_deep_as_excel_allows():
    longest = "=" + "+".join(["1"] * 100) + "+" + "0" * 7_900
    deepest = "=" + "(" * 64 + "1" + ")" * 64
    nested = "=" + "IF(TRUE," * 63 + "7" + ",0)" * 63
    for text, expected in ((longest, 100), (deepest, 1), (nested, 7)):
        assert evaluate([parse(text)], Frame({"A": [0]})) == [[expected]]


@pytest.mark.parametrize("join", ["&", "CONCAT", "TEXTJOIN", "REPT", "SUBSTITUTE", "TEXT"])
def test_a_text_has_at_most_32767_characters(join):
    frame = Frame({"S": ["é" * 32_766, "é" * 32_767]})
    text = {
        "&": '=[@S]&"x"',
        "CONCAT": '=CONCAT([@S],"x")',
        "TEXTJOIN": '=TEXTJOIN("",TRUE,[@S],"x")',
        "REPT": '=REPT("é",LEN([@S])+1)',
        "SUBSTITUTE": '=SUBSTITUTE([@S],"é","éx",1)',
        "TEXT": '=TEXT([@S],"@")&"x"',
    }[join]
    [[fits, over]] = evaluate([parse(text)], frame)
    assert len(fits) == 32_767
    assert over == VALUE
