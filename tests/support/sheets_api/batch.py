"""`spreadsheets.batchUpdate`: requests in their order, all of them or none."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.sheets_api import masks, resources, schema
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.errors import ApiError, invalid, not_emulated
from tests.support.sheets_api.ranges import edges
from tests.support.sheets_api.sheet import Sheet


@dataclass(slots=True, kw_only=True)
class Context:
    """Who changes what."""

    book: Book
    account: str
    random: random.Random = field(default_factory=random.Random)

    def new_id(self) -> int:
        """An id that nothing has yet, as far as chance goes."""
        return self.random.randrange(1, 2**31)

    def area(self, range_: dict[str, Any], *, guarded: bool = True) -> tuple[Sheet, Any]:
        """A GridRange's tab and rectangle.

        Args:
            range_: the GridRange.
            guarded: whether a protected range may be in the way.

        Raises:
            ApiError: there is none, or this account may not change it.
        """
        sheet = self.book.sheet(range_.get("sheetId", 0))
        area = sheet.within(edges(range_))
        if guarded:
            self.book.guard(self.account, sheet, area)
        return sheet, area


Handler = Callable[[Context, dict[str, Any]], dict[str, Any] | None]
_handlers: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Let a function take the requests of this kind."""

    def register(handler: Handler) -> Handler:
        _handlers[name] = handler
        return handler

    return register


def known() -> frozenset[str]:
    """The kinds of request that the emulator knows."""
    return frozenset(_handlers)


def run(context: Context, body: dict[str, Any], fields: str) -> dict[str, Any]:
    """Carry out a batch on the context's spreadsheet, which is a copy.

    Args:
        context: whose spreadsheet is thrown away if this fails.
        body: a checked BatchUpdateSpreadsheetRequest.
        fields: what is wanted of the answer.

    Raises:
        ApiError: one of the requests is refused.
    """
    mask = masks.answer(fields, "BatchUpdateSpreadsheetResponse")
    if not body.get("requests"):
        raise invalid("Must specify at least one request.")
    replies = [_reply(context, index, request) for index, request in enumerate(body["requests"])]
    answer: dict[str, Any] = {"spreadsheetId": context.book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        inner = masks.below(mask, "updatedSpreadsheet")
        if inner is not False:
            answer["updatedSpreadsheet"] = _updated(context, body, inner)
    return masks.select(mask, answer)


def _reply(context: Context, index: int, request: dict[str, Any]) -> dict[str, Any]:
    if len(request) != 1:
        raise invalid(f"Invalid requests[{index}]: Must specify exactly one kind of request.")
    ((kind, content),) = request.items()
    handler = _handlers.get(kind)
    if handler is None:
        raise not_emulated(f"the request {kind}")
    try:
        _mask_of(kind, content)
        reply = handler(context, content)
        context.book.check_size()
    except ApiError as error:
        raise error.at(f"requests[{index}].{kind}") from None
    return {kind: reply} if reply is not None else {}


def _mask_of(kind: str, content: dict[str, Any]) -> None:
    name = schema.kind_of("Request", kind)
    if name and schema.kind_of(name[0], "fields") and not content.get("fields"):
        masks.update("", "")


def _updated(context: Context, body: dict[str, Any], mask: masks.Mask | None) -> dict[str, Any]:
    ranges = body.get("responseRanges")
    picks = [context.book.resolve(text)[:2] for text in ranges] if ranges else None
    return resources.spreadsheet(
        context.book,
        context.account,
        mask,
        picks=picks,
        grid=body.get("responseIncludeGridData", False),
    )
