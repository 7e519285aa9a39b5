"""Which call a method and a path are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

_SHEETS = "/v4/spreadsheets"
_ID = r"(?P<spreadsheet>[^/:]+)"
_VALUES = rf"{_SHEETS}/{_ID}/values"

_ROUTES = [
    ("POST", _SHEETS, "spreadsheets.create"),
    ("GET", f"{_SHEETS}/{_ID}", "spreadsheets.get"),
    ("POST", f"{_SHEETS}/{_ID}:batchUpdate", "spreadsheets.batchUpdate"),
    ("POST", f"{_SHEETS}/{_ID}:getByDataFilter", "spreadsheets.getByDataFilter"),
    (
        "GET",
        rf"{_SHEETS}/{_ID}/developerMetadata/(?P<metadata>\d+)",
        "spreadsheets.developerMetadata.get",
    ),
    (
        "POST",
        f"{_SHEETS}/{_ID}/developerMetadata:search",
        "spreadsheets.developerMetadata.search",
    ),
    ("POST", rf"{_SHEETS}/{_ID}/sheets/(?P<sheet>\d+):copyTo", "spreadsheets.sheets.copyTo"),
    ("GET", f"{_VALUES}:batchGet", "spreadsheets.values.batchGet"),
    ("POST", f"{_VALUES}:batchUpdate", "spreadsheets.values.batchUpdate"),
    ("POST", f"{_VALUES}:batchClear", "spreadsheets.values.batchClear"),
    ("POST", f"{_VALUES}:batchGetByDataFilter", "spreadsheets.values.batchGetByDataFilter"),
    ("POST", f"{_VALUES}:batchUpdateByDataFilter", "spreadsheets.values.batchUpdateByDataFilter"),
    ("POST", f"{_VALUES}:batchClearByDataFilter", "spreadsheets.values.batchClearByDataFilter"),
    ("POST", rf"{_VALUES}/(?P<range>.+):append", "spreadsheets.values.append"),
    ("POST", rf"{_VALUES}/(?P<range>.+):clear", "spreadsheets.values.clear"),
    ("GET", rf"{_VALUES}/(?P<range>.+)", "spreadsheets.values.get"),
    ("PUT", rf"{_VALUES}/(?P<range>.+)", "spreadsheets.values.update"),
    ("GET", "/drive/v3/files", "drive.files.list"),
    ("POST", "/drive/v3/files", "drive.files.create"),
    ("GET", f"/drive/v3/files/{_ID}", "drive.files.get"),
    ("DELETE", f"/drive/v3/files/{_ID}", "drive.files.delete"),
    ("POST", f"/drive/v3/files/{_ID}/copy", "drive.files.copy"),
    ("GET", f"/drive/v3/files/{_ID}/export", "drive.files.export"),
    ("GET", f"/drive/v3/files/{_ID}/permissions", "drive.permissions.list"),
    ("POST", f"/drive/v3/files/{_ID}/permissions", "drive.permissions.create"),
    (
        "DELETE",
        f"/drive/v3/files/{_ID}/permissions/(?P<permission>[^/]+)",
        "drive.permissions.delete",
    ),
    ("GET", f"/drive/v3/files/{_ID}/comments", "drive.comments.list"),
    ("POST", f"/drive/v3/files/{_ID}/comments", "drive.comments.create"),
    ("PUT", f"/upload/drive/v2/files/{_ID}", "drive.files.upload"),
    ("POST", "/token", "token"),
    ("GET", "/o/oauth2/auth", "consent"),
    ("POST", "/revoke", "revoke"),
    ("GET", "/oauth2/v3/userinfo", "userinfo"),
]
_COMPILED = [(method, re.compile(pattern), operation) for method, pattern, operation in _ROUTES]

_READS = frozenset(
    {
        "spreadsheets.get",
        "spreadsheets.getByDataFilter",
        "spreadsheets.developerMetadata.get",
        "spreadsheets.developerMetadata.search",
        "spreadsheets.values.get",
        "spreadsheets.values.batchGet",
        "spreadsheets.values.batchGetByDataFilter",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A call that the emulator knows."""

    operation: str
    args: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """`read` and `write` are what Sheets' quota counts."""
        if self.operation.startswith("spreadsheets."):
            return "read" if self.operation in _READS else "write"
        return "drive" if self.operation.startswith("drive.") else "oauth"


def find(method: str, path: str) -> Route | None:
    """The call, or None; `path` is as it came in: a quoted colon belongs to a name."""
    for known, pattern, operation in _COMPILED:
        if known == method and (match := pattern.fullmatch(path)):
            args = {name: unquote(text) for name, text in match.groupdict().items()}
            return Route(operation=operation, args=args)
    return None
