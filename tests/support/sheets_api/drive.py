"""As much of Drive as gspread uses: files, permissions, comments, export and import of CSV."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from tests.support.sheets_api import masks
from tests.support.sheets_api.a1 import letters
from tests.support.sheets_api.errors import ApiError, not_emulated
from tests.support.sheets_api.people import Spreadsheet
from tests.support.sheets_api.routes import Route
from tests.support.sheets_api.sheet import Sheet

if TYPE_CHECKING:
    from tests.support.sheets_api.server import SheetsServer

Given = dict[str, Any]

_CLAUSE = re.compile(r"(?:and\s+)?(\w+)\s*(=|in)\s*([\"'])(.*?)(?<!\\)\3\s*")


def carry_out(
    server: SheetsServer, account: str, route: Route, query: Given, body: Any
) -> tuple[int, Any]:
    """Carry out a call of Drive: status and answer (bytes for an export).

    Raises:
        ApiError: it is refused.
    """
    name = route.operation.removeprefix("drive.")
    if name == "files.list":
        return 200, _list(server, account, query)
    if name == "files.create":
        new = server.create(body.get("name") or "Untitled", owner=account)
        return 200, _file(new)
    file = server.visible(route.args["spreadsheet"], account)
    if name == "files.get":
        return 200, _selected(query, _details(file), _file(file))
    if name == "files.delete":
        server.delete(file.id)
        return 204, b""
    if name == "files.copy":
        return 200, _file(_copy(server, account, file, body))
    if name == "files.export":
        return 200, _export(file, query.get("mimeType", ""))
    if name == "files.upload":
        _import(file, body)
        return 200, {"kind": "drive#file", "id": file.id, "title": file.book.title}
    if name.startswith("permissions."):
        return _permissions(name, file, route, body)
    if name == "comments.list":
        return 200, {"comments": []}
    raise not_emulated(f"the call {name} of Drive")


def _list(server: SheetsServer, account: str, query: Given) -> Given:
    wanted = query.get("q", "")
    clauses = _CLAUSE.findall(wanted)
    if wanted and "".join(re.findall(r"\S", _CLAUSE.sub("", wanted))):
        raise ApiError(400, f"Invalid Value: {wanted}")
    files = []
    for file in server.spreadsheets():
        details = {"mimeType": file.book.mime, "name": file.book.title}
        if file.role(account) and all(
            details.get(field) == text for field, sign, _, text in clauses if sign == "="
        ):
            files.append(file)
    files.sort(key=lambda file: file.modified, reverse=True)
    answer = {"kind": "drive#fileList", "files": [_details(file) for file in files]}
    return _selected(query, answer, answer)


def _selected(query: Given, answer: Given, plain: Given) -> Given:
    fields = query.get("fields", "")
    return masks.select(masks.parse(fields), answer) if fields else plain


def _file(file: Spreadsheet) -> Given:
    return {
        "kind": "drive#file",
        "id": file.id,
        "name": file.book.title,
        "mimeType": file.book.mime,
    }


def _details(file: Spreadsheet) -> Given:
    return _file(file) | {"createdTime": file.created, "modifiedTime": file.modified}


def _copy(server: SheetsServer, account: str, file: Spreadsheet, body: Given) -> Spreadsheet:
    title = body.get("name") or f"Copy of {file.book.title}"
    new = server.create(title, owner=account)
    with new.changing() as book:
        source = file.book.copy()
        book.sheets = source.sheets
        book.locale, book.zone, book.results = source.locale, source.zone, dict(source.results)
    return new


def _export(file: Spreadsheet, mime: str) -> bytes:
    if mime != "text/csv":
        raise not_emulated(f"export to {mime}")
    text = io.StringIO()
    rows = file.tab().displayed()
    width = max(map(len, rows), default=0)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(row + [""] * (width - len(row)) for row in rows)
    return text.getvalue().removesuffix("\r\n").encode()


def _import(file: Spreadsheet, data: str) -> None:
    rows = list(csv.reader(io.StringIO(data)))
    with file.changing() as book:
        book.zone = "America/Los_Angeles"  # so it is in a recording
        book.sheets = [Sheet(sheet_id=book.sheets[0].sheet_id, title=book.title)]
    tab = file.tab()
    for number, row in enumerate(rows, 1):
        for column, content in enumerate(row):
            if content:
                tab.type(f"{letters(column)}{number}", content)


def _permissions(name: str, file: Spreadsheet, route: Route, body: Given) -> tuple[int, Any]:
    entries = {file.book.owner: "owner"} | {a: r for a, r in file.sharing.items() if r}
    if name == "permissions.list":
        listed = [
            {
                "kind": "drive#permission",
                "id": _permission_id(account),
                "type": "user",
                "emailAddress": account,
                "role": role,
                "displayName": account.partition("@")[0],
                "deleted": False,
                "pendingOwner": False,
            }
            for account, role in entries.items()
        ]
        if file.public:
            listed.append(
                {
                    "kind": "drive#permission",
                    "id": "anyoneWithLink",
                    "type": "anyone",
                    "role": file.public,
                }
            )
        return 200, {"permissions": listed}
    if name == "permissions.create":
        account = body.get("emailAddress") or body.get("domain", "")
        if body.get("type") == "anyone":
            file.public, number = body.get("role", "reader"), "anyoneWithLink"
        else:
            file.share(account, body.get("role", "reader"))
            number = _permission_id(account)
        return 200, {
            "kind": "drive#permission",
            "id": number,
            "type": body.get("type"),
            "role": body.get("role"),
        }
    if route.args["permission"] == "anyoneWithLink":
        file.public = ""
    for account in list(file.sharing):
        if _permission_id(account) == route.args["permission"]:
            del file.sharing[account]
    return 204, b""


def _permission_id(account: str) -> str:
    return "".join(f"{ord(letter) % 10}" for letter in account)[:20].rjust(20, "1")
