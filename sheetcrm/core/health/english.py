"""The findings in English."""

from __future__ import annotations

from sheetcrm.core.health.findings import Kind
from sheetcrm.core.health.texts import Page, Text
from sheetcrm.core.table.values import Severity

CODE = "en"

SEVERITIES = {
    Severity.ERROR: "mend first",
    Severity.WARNING: "look at",
    Severity.NOTE: "good to know",
}

PAGE = Page(
    title="How healthy are the lead sheets?",
    intro="Mend the upper ones first: each costs scores or follow-ups now.",
    leads="leads",
    columns="columns",
    by_email="reachable by e-mail",
    by_phone="reachable by phone",
    by_none="reachable by neither",
    of="{} of {}",
    what="what",
    column="column",
    cells="how many",
    where="where",
    why="why it matters",
    fix="how to mend it",
    examples="for example",
    meant="read or meant as",
    more="{} more",
    nothing="Nothing to mend: the sheet is in good health.",
    unread="This source could not be read",
    marks="· a space, ° a no-break space, ¦ an invisible sign, ⇥ a tab, ⏎ a line break",
    untouched="Nothing was changed: sheetcrm only looked.",
)

KINDS = {
    Kind.UNCALCULATED: Text(
        "formulas that were never calculated",
        "Their values are not known, so rules that read them get an error.",
        "Open the workbook in Excel or LibreOffice once and save it; in Google, wait a minute.",
    ),
    Kind.ERROR_CELLS: Text(
        "formulas that show an error",
        "A rule that reads such a cell gives no points, and the lead is not moved down.",
        'Mend the formula, or wrap it in IFERROR( … , "") so that it stays blank.',
    ),
    Kind.MERGED_CELLS: Text(
        "merged cells among the leads",
        "Only the upper left cell holds the value; the others read as blank, and sorting fails.",
        "Select them, unmerge them (Excel: Home › Merge & Center; Google: Format › Merge cells › "
        "Unmerge), and fill in each cell.",
    ),
    Kind.UNREADABLE_EMAIL: Text(
        "cells that are no e-mail address",
        "These leads get no follow-up by e-mail.",
        "Correct the cell so that it holds one address such as name@company.com.",
    ),
    Kind.MISSPELT_EMAIL: Text(
        "e-mail addresses with a misspelt domain",
        "The message goes to nobody or to a stranger, and bounces harm your sender's reputation.",
        "Correct the part behind the @.",
    ),
    Kind.UNREADABLE_PHONE: Text(
        "cells that are no phone number",
        "No WhatsApp link can be made, and the lead is not known again by its number.",
        "Format the column as text and type the number with its country code, such as "
        "+62 812 3456 7890.",
    ),
    Kind.NO_CONTACT: Text(
        "leads without e-mail and phone",
        "Nobody can reach them, and they are known again only by their name.",
        "Fill in one of the two, or delete the row if it is no lead.",
    ),
    Kind.UNREADABLE_DATE: Text(
        "cells that are no date",
        "Rules take them for an error, so due dates and fading points are missing.",
        "Type a date such as 2026-11-30, and put remarks into a column of notes.",
    ),
    Kind.UNREADABLE_NUMBER: Text(
        "cells that are no number",
        "Rules take them for an error, so the points for them are missing.",
        "Type digits only, and put remarks into a column of notes.",
    ),
    Kind.UNREADABLE_YESNO: Text(
        "answers that are neither yes nor no",
        "Rules take them for an error.",
        "Type yes or no, or use tick boxes (Excel and Google: Insert › Checkbox).",
    ),
    Kind.UNREADABLE_COUNTRY: Text(
        "countries that nobody knows",
        "The lead's language, time zone and phone number are then guessed from the workspace's.",
        "Type the country's name or its two letters, such as ID.",
    ),
    Kind.IMPOSSIBLE_DATE: Text(
        "dates that cannot be",
        "Follow-ups go out at the wrong time, and points fade too early or never.",
        "Correct the year; a date in 1899 or 1900 mostly was a blank or a small number.",
    ),
    Kind.RIVAL_COLUMNS: Text(
        "“{column}” may be {known}, too",
        "Only “{about}” is read as {known}; what stands in “{column}” counts for nothing.",
        "Move all values into one column, or choose in config/sheetcrm.toml: [fields.{field}] "
        'headers = ["{column}"].',
    ),
    Kind.MISSING_COLUMN: Text(
        "no column is {about}",
        "Rules and follow-ups that ask for it get nothing, and its criteria stay unknown.",
        "Add a column with that header, or name yours in config/sheetcrm.toml: [fields.{field}] "
        "headers.",
    ),
    Kind.DUPLICATES: Text(
        "the same person in several rows",
        "One person has several scores and stages; follow-ups go once to each address.",
        "Look at them (sheetcrm duplicates), merge them by hand, and delete the spare rows.",
    ),
    Kind.PHONE_WITHOUT_CODE: Text(
        "foreign phone numbers without country code",
        "They are read as numbers of your own country: a message would reach a stranger.",
        "Put the country code in front, with a plus, in a column that is formatted as text.",
    ),
    Kind.AMBIGUOUS_DATE: Text(
        "dates that can be read in two ways",
        "The column writes day and month in both orders, so 3/4 may be March or April.",
        "Type them as 2026-11-30, then format the column as a date.",
    ),
    Kind.TEXT_DATE: Text(
        "dates that are text",
        "The sheet neither sorts nor filters by them, and formulas of yours see no date.",
        "Excel: select the column, Data › Text to Columns › Finish as Date; Google: Format › "
        "Number › Date.",
    ),
    Kind.TEXT_NUMBER: Text(
        "numbers that are text",
        "Sums and comparisons in the sheet leave them out; a rule over a column that is no field "
        "compares text.",
        "Excel: select them and choose Convert to Number at the warning sign; Google: Format › "
        "Number › Automatic; then type amounts without words.",
    ),
    Kind.MIXED_TYPES: Text(
        "values of a kind that does not belong in the column",
        "Comparisons give the wrong answer: to Excel any text is greater than any number.",
        "Make all cells numbers, or all dates, or all text; a date among texts often was a typed "
        "1-2 that Excel changed.",
    ),
    Kind.PLACEHOLDERS: Text(
        "words that only say that nothing is known",
        "Rules take them for an answer, and a criterion that should be unknown becomes yes.",
        "Find and replace them by nothing (the whole cell): a blank cell is unknown.",
    ),
    Kind.STRAY_SPACES: Text(
        "spaces around, twice within, or invisible",
        "Filters, lookups and rules over columns that are no field take them for another value.",
        "Google: Data › Data cleanup › Trim whitespace; Excel: =TRIM(SUBSTITUTE(A1,CHAR(160),"
        '" ")) beside it, then paste the values back.',
    ),
    Kind.SEVERAL_IN_CELL: Text(
        "several in one cell",
        "Only the first one is used.",
        "Keep the one to be used, and put the others into a column of their own.",
    ),
    Kind.BLANK_HEADER: Text(
        "columns without a header",
        "They are called by their cell, and no field is found in them.",
        "Type a name into the header cell.",
    ),
    Kind.REPEATED_HEADER: Text(
        "headers that stand there twice",
        "A rule that names it reads the left column only.",
        "Give each column a name of its own.",
    ),
    Kind.PADDED_HEADER: Text(
        "headers with stray spaces",
        "sheetcrm reads past them; imports and lookups of other programs do not find the column.",
        "Type the header anew.",
    ),
    Kind.EMPTY_FIELD: Text(
        "blank cells that rules ask for",
        "No points there, and the criterion stays unknown.",
        "Ask and fill in; the column with the next question says what to ask first.",
    ),
    Kind.EMPTY_COLUMN: Text(
        "a column without any value",
        "Rules that read it never hold.",
        "Fill it in, or delete it together with its rules.",
    ),
    Kind.HIDDEN_ROWS: Text(
        "hidden rows with leads",
        "They are scored and written to like all others, though nobody sees them.",
        "Select the rows around them, right-click, Unhide; delete those that are no leads.",
    ),
    Kind.HIDDEN_COLUMNS: Text(
        "hidden columns: {about}",
        "What stands in them counts all the same.",
        "Select the columns around them, right-click, Unhide.",
    ),
    Kind.ACTIVE_FILTER: Text(
        "a filter hides some leads just now",
        "Hidden leads are scored and written to like all others.",
        "Excel: Data › Clear; Google: Data › Remove filter.",
    ),
    Kind.FORMULAS_BELOW: Text(
        "formulas filled down below the last lead",
        "They are no leads and do no harm, but a new lead may be typed far below them.",
        "Delete them, and make the leads a table (Insert › Table), which fills formulas down by "
        "itself.",
    ),
}
