"""Which functions there are, by topic and by the module that they are written in.

A run imports the modules whose functions its formulas name, and no others.
"""

from __future__ import annotations

from typing import Final

TOPICS: Final = {
    "Logic": {
        "logic": "CHOOSE FALSE IF IFERROR IFNA IFS LET NOT SWITCH TRUE",
        "truth": "AND OR XOR",
    },
    "Kinds of value": {
        "information": "ISBLANK ISERR ISERROR ISLOGICAL ISNA ISNONTEXT ISNUMBER ISTEXT N NA T",
    },
    "Text": {
        "text": "CHAR CLEAN CODE EXACT LEFT LEN LOWER MID NUMBERVALUE PROPER REPLACE REPT RIGHT "
        "SUBSTITUTE TRIM UNICHAR UNICODE UPPER VALUE",
        "joining": "CONCAT CONCATENATE TEXTJOIN",
        "search": "FIND SEARCH TEXTAFTER TEXTBEFORE",
        "formatting": "TEXT",
    },
    "Regular expressions": {
        "patterns": "REGEXEXTRACT REGEXMATCH REGEXREPLACE REGEXTEST",
    },
    "Numbers": {
        "numeric": "ABS EXP LN LOG LOG10 MOD PI POWER QUOTIENT SIGN SQRT",
        "rounding": "CEILING CEILING.MATH FLOOR FLOOR.MATH INT MROUND ROUND ROUNDDOWN ROUNDUP "
        "TRUNC",
    },
    "Dates and times": {
        "dates": "DATE DATEVALUE DAY DAYS DAYSSINCE EDATE EOMONTH HOUR MINUTE MONTH NOW SECOND "
        "TIME TIMEVALUE TODAY YEAR",
        "calendar": "DATEDIF DAYS360 ISOWEEKNUM NETWORKDAYS WEEKDAY WEEKNUM WORKDAY YEARFRAC",
    },
    "Totals and statistics": {
        "aggregate": "AVERAGE COUNT COUNTA COUNTBLANK MAX MEDIAN MIN PRODUCT STDEV STDEV.P "
        "STDEV.S SUM SUMPRODUCT VAR VAR.P VAR.S",
        "statistics": "LARGE PERCENTILE PERCENTILE.INC PERCENTRANK PERCENTRANK.INC QUARTILE "
        "QUARTILE.INC RANK RANK.AVG RANK.EQ SMALL",
    },
    "Totals under conditions": {
        "conditional": "AVERAGEIF AVERAGEIFS COUNTIF COUNTIFS MAXIFS MINIFS SUMIF SUMIFS",
    },
    "Lookups": {
        "lookup": "HLOOKUP LOOKUP MATCH VLOOKUP XLOOKUP XMATCH",
        "position": "COLUMNS INDEX ROWS",
    },
    "For leads": {
        "leads": "DOMAIN FREEMAIL HASALL HASANY UNKNOWN",
        "happening": "ACTIVITIES LASTACTIVITY",
    },
}
"""Heading in docs/formulas.md → module of `functions/` → the functions that it enters."""

HOMES: Final = {
    name: module
    for modules in TOPICS.values()
    for module, names in modules.items()
    for name in names.split()
}
"""Function → the module that it is written in."""
