"""What `parse` understands, and where it says that a formula is wrong."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sheetcrm.core.formula import Reference, parse
from sheetcrm.errors import FormulaError

SPLIT = [
    # (formula, the place of the caret, a part of the message, a part of the hint)
    ("Budget>5", 0, "not a formula", "begins with ="),
    ("", 0, "not a formula", "begins with ="),
    ("=", 0, "cannot be understood", "begins with ="),
    ("=IF([@A]>1,2", 3, "( is never closed", "missing )"),
    ("=SUM(1,2))", 9, ") closes nothing", "missing ("),
    ("=[@Budget", 1, "[ is never closed", "missing ]"),
    ("={1,2)", 5, ") closes nothing", "missing ("),
    ('=IF([@A]="x,1,2)', 9, "not closed", '""'),
    ("=A1+1", 1, "A1 is a position", "[@Header]"),
    ("=1+$B$2", 3, "$B$2 is a position", "[@Header]"),
    ("=SUM(A1:B7)", 5, "A1:B7 is a position", "[@Header]"),
    ("=SUM(A:A)", 5, "A:A is a position", "[@Header]"),
    ("=[@é]+Sheet2!B3", 6, "Sheet2!B3 is a position", "[@Header]"),
    ("='My tab'!A1", 1, "is a position", "[@Header]"),
    ("=1+IFF(1,2)", 3, "no function IFF", "did you mean IF?"),
    ("=XLOKUP(1,2,3)", 1, "no function XLOKUP", "did you mean XLOOKUP?"),
    ("=ZZZZ(1)", 1, "no function ZZZZ", "docs/formulas.md"),
    ("=IF()", 1, "IF needs at least 2 arguments, not 0", "IF(test, if_true, [if_false])"),
    ("=1+LEN(1,2)", 3, "LEN takes at most 1 argument, not 2", "LEN(text)"),
    ("=COUNTIFS([A],1,[B])", 1, "in pairs", "COUNTIFS(range, criterion, …)"),
    ("=RAND()", 1, "RAND cannot be used", "what stays theirs"),
    ("=RANDBETWEEN(1,9)", 1, "differ in every run", "what stays theirs"),
    ('=INDIRECT("x")', 1, "position", "SWITCH or CHOOSE"),
    ("=OFFSET([@A],1,0)", 1, "position", "INDEX(Table[Column], n)"),
    ('=CELL("row")', 1, "about the sheet", "ISNUMBER"),
    ('=INFO("system")', 1, "about this computer", "ISNUMBER"),
    ('=WEBSERVICE("x")', 1, "network", "[[table]]"),
    ('=IMPORTRANGE("x","y")', 1, "network", "[[table]]"),
    ('=importxml("x","y")', 1, "network", "[[table]]"),
    ("=ROW()", 1, "position", "RANK([@Score], [Score])"),
    ("=ARRAYFORMULA([@A]+1)", 1, "all leads already", "brackets"),
    ("=1+", 2, "cannot be understood from '+'", "operator"),
    ("=1 2", 3, "cannot be understood from '2'", "operator"),
    ("=(1,2)", 3, "two values", "1.5"),
    ('=IF([@A];1,"b";2)', 10, "separated", "throughout"),
    ("=LAMBDA(x,x)(1)", 1, "LAMBDA", "LET"),
    ("=LET(x,1)", 1, "pairs", "LET(name1"),
    ("=Leads[[#Totals],[Budget]]", 1, "#Totals", "[@Header]"),
    ("=1E999", 1, "too large", "1.79E+308"),
    ("=" + "(" * 65 + "1" + ")" * 65, 65, "64 levels", "output of its own"),
    ("=" + "1+" * 5000 + "1", 8192, "8,192", "output of its own"),
    ("=" + "1+" * 300 + "1", None, "chain", "output of its own"),
]


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"), SPLIT, ids=[c[0][:24] for c in SPLIT]
)
def test_a_wrong_formula_is_told_with_its_place(text, offset, message, hint):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    assert message in error.message
    assert hint in error.hint
    assert error.text == text
    if offset is not None:
        assert error.offset == offset
        line, caret = error.pointer.splitlines() if text else ("", "^")
        assert len(line) < 76
        assert line[len(caret) - 1 : len(caret)] == text[offset : offset + 1]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("=[@Budget]", Reference("cell", "", "Budget")),
        ("=[@[Last activity]]", Reference("cell", "", "Last activity")),
        ("=[@Last contact]", Reference("cell", "", "Last contact")),
        ("=[@[Budget (IDR)]]", Reference("cell", "", "Budget (IDR)")),
        ("=[@[a'[b']]]", Reference("cell", "", "a[b]")),
        ("=[@Presupuesto_año]", Reference("cell", "", "Presupuesto_año")),
        ("=Leads[@Budget]", Reference("cell", "Leads", "Budget")),
        ("=Leads[@[Last activity]]", Reference("cell", "Leads", "Last activity")),
        ("=Leads[[#This Row],[Budget]]", Reference("cell", "Leads", "Budget")),
        ("=SUM([Budget])", Reference("column", "", "Budget")),
        ("=SUM(Leads[Budget])", Reference("column", "Leads", "Budget")),
        ("=SUM(Leads[[#Data],[Budget]])", Reference("column", "Leads", "Budget")),
        ("=SUM(Cities[Points])", Reference("column", "Cities", "Points")),
        ("=min_budget", Reference("name", "", "min_budget")),
        ("=ROWS(Cities[])", Reference("name", "", "Cities")),
        ("=ROWS(Cities[#All])", Reference("name", "", "Cities")),
    ],
)
def test_what_a_reference_names(text, reference):
    assert parse(text).references == (reference,)


def test_references_come_once_each_in_order_with_their_places():
    formula = parse("=[@é]+IF([@B]>[@é], SUM(T[[X]:[Y]]), z)")
    assert [(r.kind, r.column, r.offset) for r in formula.references] == [
        ("cell", "é", 1),
        ("cell", "B", 9),
        ("column", "X", 24),
        ("column", "Y", 24),
        ("name", "z", 37),
    ]
    assert formula.functions == {"IF", "SUM"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("=IF([@A]>1;2;3)", "=IF([@A]>1,2,3)"),
        ("=IF([@A]>1,5;2,5;3)", "=IF([@A]>1.5,2.5,3)"),
        ('=IF([@A]="a;b,c";{1;2};3)', '=IF([@A]="a;b,c",{1;2},3)'),
        ("=SUM([a;b];1)", "=SUM([a;b],1)"),
        ("=IF([@A]=“x”,1,2)", '=IF([@A]="x",1,2)'),
        ("=_xlfn.XLOOKUP(1,{1},{2})", "=XLOOKUP(1,{1},{2})"),
        ("=if([@A],true,false)", "=IF([@A],TRUE,FALSE)"),
        ("  = 1 + 1 ", "=1+1"),
        ("=@[@A]", "=[@A]"),
        ("=LET(x;[@A];x*x)", "=[@A]*[@A]"),
    ],
)
def test_other_ways_of_typing_mean_the_same(typed, meant):
    assert parse(typed).tree == parse(meant).tree


def test_everything_that_can_be_told_at_once_is():
    with pytest.raises(FormulaError) as caught:
        parse("=IF(XLOKUP(A1,RAND()),LEN(),SI([@A],Leads[#Totals],2))")
    assert [(fault.offset, fault.message.split(" ")[-1]) for fault in caught.value.faults] == [
        (4, "XLOKUP"),
        (11, "sorts"),
        (14, "run"),
        (22, "0"),
        (28, "SI"),
        (36, "use"),
    ]


def test_smart_quotes_inside_a_text_stay():
    assert parse('="say “hi”"').tree.value == "say “hi”"
    assert parse('="say “hi”"').notes == ()


def test_smart_quotes_are_noted_and_the_formula_is_told_as_it_was_understood():
    formula = parse(" =IF([@A]=“x”;1,5;«y»)\u00a0")
    assert formula.understood == '=IF([@A]="x",1.5,"y")'
    (note,) = formula.notes
    assert note.startswith("curly quotes")


@pytest.mark.parametrize(
    ("text", "offset", "picture"),
    [
        ("=1+", 3, "=1+\n   ^"),
        ("", 9, "\n^"),
        ("=A+\n\t ?+1", 6, "  ?+1\n  ^"),
        ('="日本"&x', 6, '="日本"&x\n        ^'),
        ('="e\u0301"&x', 6, '="e\u0301"&x\n     ^'),
    ],
)
def test_the_caret_stands_below_the_very_place(text, offset, picture):
    assert FormulaError("wrong", text=text, offset=offset).pointer == picture


@pytest.mark.parametrize("length", [0, 30, 300])
@pytest.mark.parametrize("after", [0, 30, 300])
def test_a_long_formula_is_cut_around_the_place(length, after):
    text = "日x" * (length // 2) + "?" + "日x" * (after // 2)
    line, caret = FormulaError("wrong", text=text, offset=text.index("?")).pointer.split("\n")
    shown = line.partition("?")[0]
    assert len(caret) - 1 == len(shown) + shown.count("日")
    assert len(line) + line.count("日") <= 72


def test_names_bound_by_let_are_no_references():
    assert parse("=LET(x,[@A],y,x+1,x*y)").references == (Reference("cell", "", "A"),)


def test_let_that_doubles_again_and_again_is_no_bomb():
    names = [f"v{'abcdefghijklmnopqrstuvwxyz'[i % 26]}{'xyz'[i // 26]}" for i in range(60)]
    parts = ["=LET(", f"{names[0]},1,"]
    parts += [f"{new},{old}+{old}," for old, new in pairwise(names)]
    formula = parse("".join(parts) + f"{names[-1]})")
    from sheetcrm.core.formula import Frame, evaluate

    assert evaluate([formula], Frame({"A": [1]})) == [[2.0**59]]


def test_functions_of_the_fallback_are_told():
    formula = parse("=IF(PMT(0.01,12,-[@A])>5, ROMAN(4), 1)")
    assert formula.fallbacks == {"PMT", "ROMAN"}


def test_equal_texts_are_equal_formulas():
    assert parse("=[@A]+1") == parse("=[@A]+1")
    assert hash(parse("=[@A]+1")) == hash(parse("=[@A]+1"))
