"""What each call of the Sheets API does."""

from __future__ import annotations

import random
from typing import Any

from tests.support.sheets_api import (
    batch,
    masks,
    requests_cells,
    requests_dimensions,
    requests_metadata,
    requests_objects,
    requests_sheets,
    resources,
    schema,
    values,
)
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.errors import invalid
from tests.support.sheets_api.routes import Route

_ = (requests_cells, requests_dimensions, requests_objects)  # imported for what they register

Given = dict[str, Any]


def carry_out(
    book: Book, account: str, route: Route, *, query: Given, body: Given, chance: random.Random
) -> Any:
    """Carry out a call on one spreadsheet.

    Args:
        book: the spreadsheet; a copy, where the call writes.
        account: who asks.
        route: the call.
        query: its typed parameters.
        body: its checked body.
        chance: where ids come from.

    Raises:
        ApiError: it is refused; the copy is thrown away.
    """
    fields = query.get("fields", "")
    if route.operation in {"spreadsheets.get", "spreadsheets.getByDataFilter"}:
        return _get(book, account, query, body, fields, filtered=route.operation.endswith("Filter"))
    if route.operation == "spreadsheets.batchUpdate":
        return batch.run(batch.Context(book=book, account=account, random=chance), body, fields)
    mask = masks.answer(fields, schema.methods()[route.operation]["response"]["$ref"])
    name = route.operation.removeprefix("spreadsheets.")
    range_ = route.args.get("range", "")
    if name == "values.update":
        answer = values.update(book, account, range_, query, body)
    elif name == "values.append":
        answer = values.append(book, account, range_, query, body)
    elif name == "values.clear":
        answer = values.clear(book, account, range_)
    elif name == "values.get":
        answer = values.get(book, range_, query)
    elif name == "values.batchGet":
        answer = values.batch_get(book, query)
    elif name == "values.batchGetByDataFilter":
        answer = values.batch_get_by_filter(book, body)
    elif name == "developerMetadata.get":
        answer = requests_metadata.by_id(book, int(route.args["metadata"]))
    elif name == "developerMetadata.search":
        answer = _search(book, body)
    else:
        answer = _WRITES[name](book, account, body)
    return masks.select(mask, answer)


def copy_to(source: Book, target: Book, account: str, sheet: int, chance: random.Random) -> Given:
    """sheets.copyTo: a tab of one spreadsheet at the end of another, itself a copy."""
    context = batch.Context(book=target, account=account, random=chance)
    original = source.sheet(sheet)
    title, number = f"Copy of {original.title}", 1
    while target.titled(title):
        number += 1
        title = f"Copy of {original.title} {number}"
    new = requests_sheets.copied(context, original, title)
    target.sheets.append(new)
    target.check_size()
    return resources.sheet_properties(target, new)


_WRITES = {
    "values.batchUpdate": values.batch_update,
    "values.batchClear": values.batch_clear,
    "values.batchUpdateByDataFilter": values.batch_update_by_filter,
    "values.batchClearByDataFilter": values.batch_clear_by_filter,
}


def _get(
    book: Book, account: str, query: Given, body: Given, fields: str, *, filtered: bool
) -> Given:
    mask = masks.answer(fields, "Spreadsheet")
    if filtered:
        filters = body.get("dataFilters", [])
        if not filters:
            raise invalid("Must specify at least one data filter.")
        picks = [place for one in filters for place in requests_metadata.areas(book, one)]
        grid = body.get("includeGridData", False)
    else:
        picks = [book.resolve(text)[:2] for text in query.get("ranges", [])]
        grid = query.get("includeGridData", False)
    chosen = picks if picks or filtered else None
    return resources.spreadsheet(book, account, mask, picks=chosen, grid=grid)


def _search(book: Book, body: Given) -> Given:
    filters = body.get("dataFilters", [])
    matched = []
    for entry in book.all_metadata():
        fitting = [one for one in filters if requests_metadata.matches(book, entry, one)]
        if fitting:
            matched.append({"developerMetadata": resources.metadata(entry), "dataFilters": fitting})
    return {"matchedDeveloperMetadata": matched} if matched else {}
