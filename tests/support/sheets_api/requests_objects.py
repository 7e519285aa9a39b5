"""Requests for what lies over the cells: names, protection, colours by rule, filters, bands."""

from __future__ import annotations

import re
from typing import Any

from tests.support.sheets_api import masks, resources, styles
from tests.support.sheets_api.batch import Context, handles
from tests.support.sheets_api.errors import invalid, protected
from tests.support.sheets_api.ranges import edges, grid_range
from tests.support.sheets_api.sheet import Sheet

_NAME = re.compile(r"[^\W\d]\w{0,249}")


@handles("addNamedRange")
def add_named_range(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A name for a range."""
    given = body["namedRange"]
    name = given.get("name", "")
    if not _NAME.fullmatch(name):
        raise invalid("The name given to this range is invalid")
    if any(entry["name"].casefold() == name.casefold() for _, entry in context.book.names):
        raise invalid(f"Named range already exists: {name}")
    sheet = context.book.sheet(given.get("range", {}).get("sheetId", 0))
    entry = {
        "namedRangeId": given.get("namedRangeId") or str(context.new_id()),
        "name": name,
        "range": edges(given.get("range", {})),
    }
    sheet.within(entry["range"])
    sheet.names.append(entry)
    return {"namedRange": resources.named_range(sheet, entry)}


@handles("updateNamedRange")
def update_named_range(context: Context, body: dict[str, Any]) -> None:
    """Another name, or another range."""
    given = body["namedRange"]
    mask = masks.update(body.get("fields", ""), "NamedRange")
    sheet, entry = _named(context, given.get("namedRangeId", ""))
    if "name" in mask or "*" in mask:
        entry["name"] = given["name"]
    if "range" in mask or "*" in mask:
        entry["range"] = edges(given["range"])
        sheet.names.remove(entry)
        context.book.sheet(given["range"].get("sheetId", 0)).names.append(entry)


@handles("deleteNamedRange")
def delete_named_range(context: Context, body: dict[str, Any]) -> None:
    """A name that goes away."""
    sheet, entry = _named(context, body.get("namedRangeId", ""))
    sheet.names.remove(entry)


@handles("addProtectedRange")
def add_protected_range(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A range that only some may edit, or that warns."""
    given = body["protectedRange"]
    if "namedRangeId" in given:
        sheet, named = _named(context, given["namedRangeId"])
        range_ = named["range"]
    else:
        sheet = context.book.sheet(given.get("range", {}).get("sheetId", 0))
        range_ = edges(given.get("range", {}))
    entry = {
        "protectedRangeId": given.get("protectedRangeId") or context.new_id(),
        "range": range_,
    } | _protection(context, given)
    sheet.protected.append(entry)
    shown = resources.protected_range(context.book, sheet, entry, context.account)
    given_users = given.get("editors", {}).get("users")  # the reply shows no more than these
    shown["editors"] = {"users": given_users} if given_users else {}
    return {"protectedRange": shown}


@handles("updateProtectedRange")
def update_protected_range(context: Context, body: dict[str, Any]) -> None:
    """Another range, other editors."""
    given = body["protectedRange"]
    mask = masks.update(body.get("fields", ""), "ProtectedRange")
    _, entry = _protected(context, given.get("protectedRangeId", 0))
    if "range" in mask or "*" in mask:
        entry["range"] = edges(given.get("range", {}))
    new = _protection(context, given)
    names = {"editors": "users"}
    for name in mask if "*" not in mask else ("description", "warningOnly", "editors"):
        if names.get(name, name) in new:
            entry[names.get(name, name)] = new[names.get(name, name)]


@handles("deleteProtectedRange")
def delete_protected_range(context: Context, body: dict[str, Any]) -> None:
    """A protection that goes away."""
    sheet, entry = _protected(context, body.get("protectedRangeId", 0))
    sheet.protected.remove(entry)


@handles("addConditionalFormatRule")
def add_conditional_format_rule(context: Context, body: dict[str, Any]) -> None:
    """Colours by rule; the first rule that fits wins."""
    sheet, rule = _rule(context, body["rule"])
    sheet.conditional.insert(body.get("index", 0), rule)


@handles("updateConditionalFormatRule")
def update_conditional_format_rule(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Another rule in the place of one, or the same one somewhere else."""
    index = body.get("index", 0)
    if "rule" in body:
        sheet, rule = _rule(context, body["rule"])
        old = _at(sheet, index)
        sheet.conditional[index] = rule
        return {
            "oldRule": _shown_rule(sheet, old),
            "newRule": _shown_rule(sheet, rule),
            "newIndex": index,
        }
    sheet = context.book.sheet(body.get("sheetId", 0))
    old = _at(sheet, index)
    sheet.conditional.remove(old)
    new = body.get("newIndex", 0)
    sheet.conditional.insert(new, old)
    return {"oldIndex": index, "newIndex": new, "newRule": _shown_rule(sheet, old)}


@handles("deleteConditionalFormatRule")
def delete_conditional_format_rule(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A rule that goes away."""
    sheet = context.book.sheet(body.get("sheetId", 0))
    old = _at(sheet, body.get("index", 0))
    del sheet.conditional[body.get("index", 0)]
    return {"rule": _shown_rule(sheet, old)}


@handles("setBasicFilter")
def set_basic_filter(context: Context, body: dict[str, Any]) -> None:
    """The filter of a tab."""
    given = body.get("filter", {})
    sheet, area = context.area(given.get("range", {}), guarded=False)
    sheet.basic_filter = given | {"range": area.range()}


@handles("clearBasicFilter")
def clear_basic_filter(context: Context, body: dict[str, Any]) -> None:
    """No filter any more."""
    context.book.sheet(body.get("sheetId", 0)).basic_filter = None


@handles("addFilterView")
def add_filter_view(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A filter that only those see who choose it."""
    given = body.get("filter", {})
    sheet, area = context.area(given.get("range", {}), guarded=False)
    view = {
        "filterViewId": given.get("filterViewId") or context.new_id(),
        "title": given.get("title") or f"Filter {len(sheet.filter_views) + 1}",
    } | given
    view["range"] = area.range()
    sheet.filter_views.append(view)
    return {"filter": view | {"range": area.json(sheet.sheet_id)}}


@handles("deleteFilterView")
def delete_filter_view(context: Context, body: dict[str, Any]) -> None:
    """A filter view that goes away."""
    sheet, view = _listed(context, "filter_views", "filterViewId", body.get("filterId", 0))
    sheet.filter_views.remove(view)


@handles("addBanding")
def add_banding(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Rows in turn with two colours."""
    given = body["bandedRange"]
    sheet, area = context.area(given.get("range", {}))
    banded = styles.normal(given) | {
        "bandedRangeId": given.get("bandedRangeId") or context.new_id(),
        "range": area.range(),
    }
    sheet.banded.append(banded)
    return {"bandedRange": banded | {"range": area.json(sheet.sheet_id)}}


@handles("deleteBanding")
def delete_banding(context: Context, body: dict[str, Any]) -> None:
    """Bands that go away."""
    sheet, banded = _listed(context, "banded", "bandedRangeId", body.get("bandedRangeId", 0))
    sheet.banded.remove(banded)


@handles("addTable")
def add_table(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """A range that is a table, with types of columns."""
    given = body["table"]
    sheet, area = context.area(given.get("range", {}))
    if any(sheet.within(table["range"]).meets(area) for table in sheet.tables):
        raise invalid("Tables cannot overlap.")
    table = {
        "tableId": given.get("tableId") or str(context.new_id()),
        "name": given.get("name") or f"Table{len(sheet.tables) + 1}",
    } | given
    table["range"] = area.range()
    sheet.tables.append(table)
    return {"table": table | {"range": area.json(sheet.sheet_id)}}


@handles("updateTable")
def update_table(context: Context, body: dict[str, Any]) -> None:
    """Another name, range or other columns."""
    given = body["table"]
    mask = masks.update(body.get("fields", ""), "Table")
    sheet, table = _listed(context, "tables", "tableId", given.get("tableId", ""))
    changed = masks.applied({n: m for n, m in mask.items() if n != "range"}, table, given)
    if "range" in mask or "*" in mask:
        changed["range"] = sheet.within(edges(given.get("range", {}))).range()
    sheet.tables[sheet.tables.index(table)] = {"range": table["range"]} | changed


@handles("deleteTable")
def delete_table(context: Context, body: dict[str, Any]) -> None:
    """A table that goes away with what stands in it, and with the colours by rule over it."""
    sheet, table = _listed(context, "tables", "tableId", body.get("tableId", ""))
    area = sheet.within(table["range"])
    context.book.guard(context.account, sheet, area)
    for row in range(area.top, area.bottom):
        sheet.put(row, area.left, [None] * area.width)
    sheet.conditional = [
        rule
        for rule in sheet.conditional
        if not all(area.holds(sheet.within(range_)) for range_ in rule["ranges"])
    ]
    sheet.tables.remove(table)


def _named(context: Context, name_id: str) -> tuple[Sheet, dict[str, Any]]:
    for sheet, entry in context.book.names:
        if entry["namedRangeId"] == name_id:
            return sheet, entry
    raise invalid(f"No named range with id: {name_id}")


def _protected(context: Context, range_id: int) -> tuple[Sheet, dict[str, Any]]:
    sheet, entry = _listed(context, "protected", "protectedRangeId", range_id)
    may = entry.get("warningOnly") or context.account in {context.book.owner, *entry["users"]}
    if not may:
        raise protected()
    return sheet, entry


def _listed(
    context: Context, listing: str, key: str, number: int | str
) -> tuple[Sheet, dict[str, Any]]:
    for sheet in context.book.sheets:
        for entry in getattr(sheet, listing):
            if entry[key] == number:
                return sheet, entry
    raise invalid(f"No {key.removesuffix('Id')} with id: {number}")


def _protection(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    warning = given.get("warningOnly", False)
    users = given.get("editors", {}).get("users", [])
    if warning and "editors" in given:
        raise invalid("Cannot set editors on a warning-only protected range.")
    if not warning and context.account not in {context.book.owner, *users}:
        users = [*users, context.account]
    return {
        "description": given.get("description", ""),
        "warningOnly": warning,
        "users": users,
        "unprotectedRanges": [edges(range_) for range_ in given.get("unprotectedRanges", [])],
    }


def _rule(context: Context, given: dict[str, Any]) -> tuple[Sheet, dict[str, Any]]:
    ranges = given.get("ranges", [])
    if not ranges:
        raise invalid("No ranges were given.")
    if ("booleanRule" in given) == ("gradientRule" in given):
        raise invalid("Exactly one of booleanRule and gradientRule must be given.")
    ids = {range_.get("sheetId", 0) for range_ in ranges}
    if len(ids) > 1:
        raise invalid("All ranges must be on the same sheet.")
    sheet = context.book.sheet(ids.pop())
    kept = [edges(range_) for range_ in ranges]
    for range_ in kept:
        sheet.within(range_)
    return sheet, styles.normal(given) | {"ranges": kept}


def _at(sheet: Sheet, index: int) -> dict[str, Any]:
    if not 0 <= index < len(sheet.conditional):
        raise invalid(f"No conditional format on sheet: {sheet.sheet_id} at index: {index}")
    return sheet.conditional[index]


def _shown_rule(sheet: Sheet, rule: dict[str, Any]) -> dict[str, Any]:
    return rule | {"ranges": [grid_range(sheet.sheet_id, range_) for range_ in rule["ranges"]]}
