"""Frames, evaluation of many formulas at once, the fallback, limits, and the public call."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

import sheetcrm
from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.formula.fallback import knows
from sheetcrm.core.table.values import CellError

NA, DIV0, VALUE, NUM = (CellError(code) for code in ("#N/A", "#DIV/0!", "#VALUE!", "#NUM!"))


def column(text, values, **more):
    [answer] = evaluate([parse(text)], Frame({"A": values}), **more)
    return answer


class TestFrame:
    def test_names_and_values(self):
        frame = Frame({"Last Activity": ["a", None], "B": [1, date(2024, 1, 1)]})
        assert frame.height == 2
        assert frame.names == {"Last Activity", "B"}
        assert frame.values("last_activity") == ["a", None]
        assert frame.values("B") == [1, date(2024, 1, 1)]

    def test_an_exact_name_wins_over_a_folded_one(self):
        frame = Frame({"a b": [1], "A_B": [2]})
        assert evaluate([parse("=[@A_B]"), parse("=[@[a b]]"), parse("=[@AB]")], frame) == [
            [2.0],
            [1.0],
            [1.0],
        ]

    def test_extended_shares_what_is_converted_and_replaces_only_the_same_name(self):
        frame = Frame({"Score": [1, 2], "City": ["x", "y"]})
        city = frame.cells("City")
        other = frame.extended({"score": [5, 6], "Fit": [7, 8]})
        assert other.names == {"City", "score", "Fit"}
        assert other.values("Score") == [5, 6]
        assert frame.values("Score") == [1, 2]
        assert other.cells("City") is city

    def test_columns_have_one_height(self):
        with pytest.raises(ValueError, match="one height"):
            Frame({"A": [1], "B": [1, 2]})
        with pytest.raises(ValueError, match="rows"):
            Frame({"A": [1]}).extended({"B": [1, 2]})

    def test_only_what_is_read_is_converted(self):
        frame = Frame({"A": [1], "B": [object()]})
        assert evaluate([parse("=[@A]")], frame) == [[1.0]]
        with pytest.raises(TypeError, match="cell cannot hold"):
            evaluate([parse("=[@B]")], frame)

    def test_polars_columns_of_any_plain_type(self):
        frame = Frame(
            pl.DataFrame(
                {
                    "i": pl.Series([1, None], dtype=pl.Int32),
                    "s": pl.Series(["a", None], dtype=pl.Categorical),
                    "b": [True, None],
                    "d": [date(2024, 1, 31), date(1900, 1, 1)],
                    "t": [datetime(2024, 1, 31, 12), None],
                    "n": pl.Series([None, None], dtype=pl.Null),
                }
            )
        )
        formulas = [parse(f"=[@{name}]") for name in "isbdtn"]
        assert evaluate(formulas, frame) == [
            [1.0, None],
            ["a", None],
            [True, None],
            [45322.0, 1.0],
            [45322.5, None],
            [None, None],
        ]
        assert frame.values("i") == [1.0, None]


class TestValues:
    def test_every_kind_comes_back_as_it_went_in(self):
        values = [None, True, 1, 2.5, "x", "", NA, Decimal("1.5")]
        assert column("=[@A]", values) == [None, True, 1.0, 2.5, "x", "", NA, 1.5]

    def test_dates_are_serial_numbers_with_excels_leap_year_of_1900(self):
        days = [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(2026, 1, 1)]
        assert column("=[@A]+0", days) == [1, 59, 61, 46023]
        assert column("=[@A]", [datetime(2024, 1, 1, 18), "x"]) == [45292.75, "x"]

    def test_numbers_that_no_cell_can_hold_are_errors(self):
        assert column("=[@A]", [float("nan"), float("inf"), 10**400, 1]) == [NUM, NUM, NUM, 1]
        assert column("=[@A]", [10**400, "x", NA]) == [NUM, "x", NA]

    def test_an_error_that_excel_has_and_we_lack_is_a_value_error(self):
        assert column("=[@A]", [CellError("#SPILL!")]) == [VALUE]

    def test_a_constant_is_repeated(self):
        assert column('=1&"x"', [1, 2, 3]) == ["1x"] * 3

    def test_an_array_gives_its_first_item_and_the_own_column_the_leads_own(self):
        assert column("={7,8}", [1, 2]) == [7.0, 7.0]
        assert column("=[A]", [1, 2]) == [1.0, 2.0]
        assert column("=Leads[A]", [1, 2]) == [1.0, 2.0]

    def test_no_leads_no_answers(self):
        assert column("=[@A]+1", []) == []
        assert evaluate([], Frame({"A": [1]})) == []


class TestColumns:
    def test_texts_that_repeat_are_worked_on_once_and_come_out_right(self):
        values = (["Jakarta", "BANDUNG", None, "jakarta", "x y"] * 1000)[:4999]
        for text in ('=UPPER([@A])&"!"', '=[@A]="JAKARTA"', '=HASANY([@A],"y")', "=LEN([@A])"):
            assert column(text, values) == (column(text, values[:5]) * 1000)[:4999]

    def test_criteria_by_the_thousand_are_grouped_and_agree_with_searching(self):
        values = [f"lead{i % 700}@example.com" for i in range(2_000)] + [None, "5", 5, True]
        many = column("=COUNTIF([A],[@A])", values)
        assert many[:2] == [3.0, 3.0]
        assert many[-4:] == [0.0, 2.0, 2.0, 1.0]
        assert many[699] == 2.0

    def test_grouped_sums_agree_with_searching(self):
        keys = [f"k{i % 50}" for i in range(500)]
        frame = Frame({"K": keys, "V": [i if i % 3 else "no" for i in range(500)]})
        for name, empty in (
            ("SUMIFS", 0.0),
            ("AVERAGEIFS", DIV0),
            ("MAXIFS", 0.0),
            ("MINIFS", 0.0),
        ):
            [grouped] = evaluate([parse(f"={name}([V],[K],[@K])")], frame)
            for row in (0, 7, 49):
                [[one, *_]] = evaluate([parse(f'={name}([V],[K],"k{row}")')], frame)
                assert grouped[row] == pytest.approx(one)
            other = frame.extended({"Q": [f"none{i}" for i in range(500)]})
            [none] = evaluate([parse(f"={name}([V],[K],[@Q])")], other)
            assert none[0] == empty

    def test_an_array_of_the_whole_tab_against_each_lead(self):
        frame = Frame({"City": ["a", "b", "A", None] * 200, "V": [1, 2, 3, 4] * 200})
        [answer] = evaluate([parse("=SUMPRODUCT(([City]=[@City])*[V])")], frame)
        assert answer[:3] == [800.0, 400.0, 800.0]
        [median] = evaluate([parse("=MEDIAN(IF([City]=[@City],[V]))")], frame)
        assert median[:2] == [2.0, 2.0]

    def test_lists_side_by_side(self):
        words = ["price", "demo"]
        text = "=SUMPRODUCT(--ISNUMBER(SEARCH(words,[@A])))"
        answer = column(text, ["a price, a demo", "Demo", None, 5], parameters={"words": words})
        assert answer == [2.0, 1.0, 0.0, 0.0]

    def test_lookups_are_joined(self):
        cities = Frame({"City": [f"c{i}" for i in range(5000)], "Points": list(range(5000))})
        text = "=XLOOKUP([@A],Cities[City],Cities[Points],-1)"
        values = ["C4999", "c0", "none", None, NA]
        assert column(text, values, tables={"Cities": cities}) == [4999.0, 0.0, -1.0, -1.0, NA]

    def test_an_empty_table(self):
        empty = {"T": Frame({"K": [], "V": []})}
        assert column("=XLOOKUP([@A],T[K],T[V])", ["x"], tables=empty) == [NA]
        assert column("=SUM(T[V])+COUNTIF(T[K],[@A])", ["x"], tables=empty) == [0.0]
        assert column("=AVERAGE(T[V])", ["x"], tables=empty) == [DIV0]
        assert column("=INDEX(T[V],1)", ["x"], tables=empty) == [CellError("#REF!")]
        assert column("=VLOOKUP([@A],T,2,FALSE)", ["x"], tables=empty) == [NA]


class TestFallback:
    def test_it_is_called_once_for_each_distinct_input(self):
        values = [1000, None, "x", NA, 1000, True]
        answer = column("=PMT(0.01,12,-[@A])", values)
        assert answer[0] == pytest.approx(88.8487886783)
        assert answer[4] == answer[0]
        assert answer[2:4] == [VALUE, NA]
        assert column('=ROMAN([@A])&"!"', [4, 9]) == ["IV!", "IX!"]

    def test_text_is_not_taken_for_a_number_on_the_way(self):
        assert column("=TYPE([@A])", ["5", 5, True]) == [2.0, 1.0, 4.0]

    def test_arrays_and_empty_arguments(self):
        assert column("=SUMSQ({1,2;3,4},[@A])", [1, 2]) == [31.0, 34.0]
        assert column("=SUMSQ([A])", [1, 2]) == [5.0, 5.0]
        assert column("=FV(0,[@A],-1,,0)", [3]) == [3.0]

    def test_dates_come_back_as_serial_numbers(self):
        assert column("=WORKDAY.INTL([@A],1)", [45296]) == [45299.0]

    def test_what_it_knows(self):
        assert knows("PMT")
        assert not knows("QWERTZ")


class TestClockAndLimits:
    def test_without_a_clock_today_is_an_error_only_where_it_is_used(self):
        assert column("=[@A]", [1]) == [1.0]
        with pytest.raises(sheetcrm.FormulaError, match="clock") as caught:
            column("=TODAY()-[@A]", [1])
        assert caught.value.text == "=TODAY()-[@A]"

    def test_the_budget_names_the_formula_that_still_runs(self):
        frame = Frame({"A": [i + 0.5 for i in range(400_000)]})
        formulas = [parse("=ROMAN([@A])&FACT([@A])"), parse("=[@A]+1")]
        start = time.perf_counter()
        with pytest.raises(sheetcrm.FormulaError, match=r"0\.3 seconds") as caught:
            evaluate(formulas, frame, budget_seconds=0.3)
        assert time.perf_counter() - start < 60
        assert caught.value.text == "=ROMAN([@A])&FACT([@A])"
        assert "ROMAN" in caught.value.hint
        for thread in threading.enumerate():
            if thread.name.startswith("formula"):
                thread.join(120)
                assert not thread.is_alive()

    def test_a_hostile_pattern_runs_in_linear_time(self):
        start = time.perf_counter()
        assert column('=REGEXTEST([@A],"^(a+)+$")', ["a" * 30_000 + "b"]) == [False]
        assert column(f'=COUNTIF([A],"{"*a" * 60}*b")', ["a" * 10_000]) == [0.0]
        assert column(f'=SEARCH("{"*a" * 60}b",[@A])', ["a" * 10_000]) == [VALUE]
        assert time.perf_counter() - start < 60

    def test_texts_longer_than_a_cell_are_errors(self):
        long = "x" * 20_000
        assert column("=[@A]&[@A]", [long, "y"]) == [VALUE, "yy"]
        assert column('=SUBSTITUTE([@A],"x","xx")', [long]) == [VALUE]

    def test_unknown_names_are_told_before_anything_runs(self):
        with pytest.raises(sheetcrm.FormulaError, match="unknown field") as caught:
            column("=[@B]", [1])
        assert caught.value.offset == 1


class TestLibrary:
    def test_one_call(self):
        answer = sheetcrm.evaluate(
            "=IF([@Budget]>=min_budget, XLOOKUP([@City], Cities[City], Cities[Points], 0), NA())",
            {"Budget": [60, None, 70], "City": ["jakarta", "x", "Bogor"]},
            parameters={"min_budget": 50},
            tables={"Cities": {"City": ["Jakarta", "Bogor"], "Points": [20, 10]}},
        )
        assert answer == [20.0, sheetcrm.CellError("#N/A"), 10.0]

    def test_polars_in(self):
        leads = pl.DataFrame({"D": [date(2024, 1, 31)]})
        points = pl.DataFrame({"P": [1, 2]})
        answer = sheetcrm.evaluate(
            "=TODAY()-[@D]+SUM(T[P])", leads, tables={"T": points}, now=datetime(2024, 3, 10, 9)
        )
        assert answer == [42.0]

    def test_a_parameter_list_and_dates(self):
        answer = sheetcrm.evaluate(
            "=AND([@D]>=since, ISNUMBER(MATCH([@C], cities, 0)))",
            {"D": [date(2024, 5, 1), date(2023, 1, 1)], "C": ["BOGOR", "Bogor"]},
            parameters={"since": date(2024, 1, 1), "cities": ("Jakarta", "Bogor")},
        )
        assert answer == [True, False]

    def test_import_is_instant(self):
        code = "import sys, sheetcrm; sys.exit('polars' in sys.modules or 'formualizer' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
        with pytest.raises(AttributeError):
            _ = sheetcrm.nothing
