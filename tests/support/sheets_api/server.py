"""The emulator: a server on loopback, its spreadsheets, accounts, faults and log."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self
from urllib.parse import parse_qs

from tests.support.sheets_api import clock, drive, errors, routes, schema, service
from tests.support.sheets_api.accounts import Accounts, OAuthError
from tests.support.sheets_api.book import SPREADSHEET_TYPE, Book
from tests.support.sheets_api.cells import Value
from tests.support.sheets_api.errors import ApiError
from tests.support.sheets_api.faults import PROJECT, Call, Fault, Log, Match, Quota, Script
from tests.support.sheets_api.griddata import dumps
from tests.support.sheets_api.people import Spreadsheet
from tests.support.sheets_api.sheet import Sheet
from tests.support.sheets_api.wire import Answer, Handler, Listener

OWNER = "owner@example.com"
_SCOPES = ("spreadsheets", "drive", "drive.file")
_READ_SCOPES = (*_SCOPES, "spreadsheets.readonly", "drive.readonly")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class SheetsServer:
    """Google Sheets on loopback.

    Use it as a context manager, or `start` and `stop` it. Answers are strict: what Google
    refuses is refused.

    Args:
        auth: whether access tokens are asked for and checked; without, everybody is `OWNER`.
        port: 0 for a free one.
        seed: for ids; the same seed gives the same ids.
    """

    def __init__(self, *, auth: bool = True, port: int = 0, seed: int | None = None):
        self.auth = auth
        self.log = Log()
        self.crashes: list[BaseException] = []  #: faults of the emulator itself
        self.script = Script()
        self.quota = Quota()
        self.skew = 0.0  #: seconds that Google's clock is ahead of this computer's
        self.disabled = False  #: whether the API is switched off in the cloud project
        self.results: dict[str, Value] = {}  #: what formulas yield in new spreadsheets
        self._random = random.Random(seed)
        self._files: dict[str, Spreadsheet] = {}
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._listener = Listener(("127.0.0.1", port), self._handler())
        self._thread: threading.Thread | None = None
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"
        self.accounts = Accounts(url=self.url, clock=lambda: self.now().timestamp())

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        if self.crashes and kind is None:
            raise self.crashes[0]

    def start(self) -> Self:
        """Serve in a thread."""
        serve = self._listener.serve_forever
        self._thread = threading.Thread(
            target=serve, kwargs={"poll_interval": 0.02}, name="sheets-api", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close all connections and the port."""
        self._stopping.set()
        if self._thread:
            self._listener.shutdown()
            self._thread.join()
        self._listener.hang_up()
        self._listener.server_close()

    def now(self) -> Any:
        """The time by Google's clock."""
        return clock.now() + timedelta(seconds=self.skew)

    def create(
        self,
        title: str = "Leads",
        tabs: Mapping[str, Sequence[Sequence[Any]]] | None = None,
        *,
        owner: str = OWNER,
        share: Mapping[str, str] | Sequence[str] = (),
        locale: str = "en_US",
        zone: str = "Etc/GMT",
        file_id: str = "",
    ) -> Spreadsheet:
        """A new spreadsheet.

        Args:
            title: its title.
            tabs: title → rows; one empty tab `Sheet1` where there are none.
            owner: the account that owns it.
            share: accounts that may write, or account → `reader` or `writer`.
            locale: such as `id_ID`.
            zone: such as `Asia/Jakarta`.
            file_id: its id, where it has to be a certain one.
        """
        with self._lock:
            number = file_id or "1" + "".join(self._random.choices(_LETTERS, k=43))
            book = Book(id=number, title=title, locale=locale, zone=zone, owner=owner)
            book.results = dict(self.results)
            names = list(tabs or {"Sheet1": []})
            book.sheets = [
                Sheet(sheet_id=self._random.randrange(1, 2**31) if index else 0, title=name)
                for index, name in enumerate(names)
            ]
            at = self._stamp()
            roles = share if isinstance(share, Mapping) else dict.fromkeys(share, "writer")
            new = Spreadsheet(book=book, sharing=dict(roles), created=at, modified=at)
            self._files[number] = new
        for name in names:
            if tabs and tabs[name]:
                new.tab(name).fill(tabs[name])
        return new

    def create_other(self, title: str, mime: str, *, share: Sequence[str] = ()) -> Spreadsheet:
        """A file in Drive that is no Google spreadsheet, such as an .xlsx."""
        new = self.create(title, share=share)
        new.book.mime = mime
        return new

    def spreadsheet(self, file_id: str) -> Spreadsheet:
        """A spreadsheet by its id."""
        return self._files[file_id]

    def spreadsheets(self) -> list[Spreadsheet]:
        """All there are."""
        return list(self._files.values())

    def delete(self, file_id: str) -> None:
        """Delete a file."""
        del self._files[file_id]

    def visible(self, file_id: str, account: str) -> Spreadsheet:
        """A spreadsheet that an account may see.

        Raises:
            ApiError: 404 or 403.
        """
        file = self._files.get(file_id)
        if file is None:
            raise errors.not_found()
        if not file.role(account):
            raise errors.forbidden()
        return file

    def fail(self, match: Match, fault: Fault, *, nth: int = 1, times: int = 1) -> None:
        """Let requests go wrong, see `Script.fail`."""
        self.script.fail(match, fault, nth=nth, times=times)

    def before(
        self, match: Match, action: Callable[[], object], *, nth: int = 1, times: int = 1
    ) -> None:
        """Do something just before a request, see `Script.before`."""
        self.script.before(match, action, nth=nth, times=times)

    def after(
        self, match: Match, action: Callable[[], object], *, nth: int = 1, times: int = 1
    ) -> None:
        """Do something just after a request, see `Script.after`."""
        self.script.after(match, action, nth=nth, times=times)

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], data: bytes
    ) -> Answer:
        """Answer one request, with all that was planned for it."""
        route = routes.find(method, path)
        if route is None:
            return Answer(status=404, body=b"<html><title>Error 404 (Not Found)!!1</title></html>")
        call = Call(
            method=method,
            path=path,
            query=parse_qs(query, keep_blank_values=True),
            body=_parsed(data, route),
            operation=route.operation,
            kind=route.kind,
            spreadsheet=route.args.get("spreadsheet", ""),
        )
        self.log.append(call)
        before, after, fault = self.script.due(call)
        for action in before:
            action()
        answer = self._with_fault(call, route, headers, fault)
        for action in after:
            action()
        call.status = 0 if answer.cut or answer.half else answer.status
        return answer

    def _with_fault(
        self, call: Call, route: routes.Route, headers: Mapping[str, str], fault: Fault | None
    ) -> Answer:
        if fault and not fault.after:
            self._stopping.wait(fault.stall)
            if fault.status or fault.cut:
                return Answer.of(fault)
        answer = self._carried_out(call, route, headers)
        if fault and fault.after:
            self._stopping.wait(fault.stall)
            if fault.half:
                return replace(answer, half=True)
            if fault.status or fault.cut:
                return Answer.of(fault)
        return answer

    def _carried_out(self, call: Call, route: routes.Route, headers: Mapping[str, str]) -> Answer:
        try:
            if route.kind == "oauth":
                return self._oauth(call, headers)
            call.account = self._account(call, headers)
            self._check_enabled()
            self.quota.take(call, self.now().timestamp())
            if route.kind == "drive":
                query = {name: values[-1] for name, values in call.query.items()}
                with self._lock:
                    status, body = drive.carry_out(self, call.account, route, query, call.body)
                call.happened = True
                return Answer(status=status, body=body if isinstance(body, bytes) else dumps(body))
            answer = dumps(self._sheets(call, route))
            call.happened = True
            return Answer(body=answer)
        except ApiError as error:
            return Answer(status=error.code, body=dumps(error.body()))
        except OAuthError as error:
            return Answer(status=error.status, body=dumps(error.body))
        except Exception as error:  # noqa: BLE001  said where the server is left
            self.crashes.append(error)
            return Answer(status=501, body=dumps(errors.not_emulated(repr(error)).body()))

    def _check_enabled(self) -> None:
        if self.disabled:
            raise errors.service_disabled(PROJECT)

    def _sheets(self, call: Call, route: routes.Route) -> Any:
        method = schema.methods()[route.operation]
        query = schema.parameters(route.operation, call.query)
        if isinstance(call.body, str):
            raise errors.invalid("Invalid JSON payload received. Unexpected token.\n" + call.body)
        kind = method.get("request", {}).get("$ref", "")
        prefix = "data" if kind == "ValueRange" else ""
        body = schema.checked(kind, call.body or {}, prefix=prefix) if kind else {}
        if route.operation == "spreadsheets.create":
            return self._created(call.account, body)
        file = self.visible(call.spreadsheet, call.account)
        if file.book.mime != SPREADSHEET_TYPE:
            raise errors.unsupported_document()
        if route.kind == "read":
            with file.lock:
                book = file.book
            return service.carry_out(
                book, call.account, route, query=query, body=body, chance=self._random
            )
        if file.role(call.account) == "reader" and not route.operation.endswith("copyTo"):
            raise errors.forbidden()
        return self._written(file, call, route, query, body)

    def _written(
        self, file: Spreadsheet, call: Call, route: routes.Route, query: dict, body: dict
    ) -> Any:
        if route.operation.endswith("copyTo"):
            target = self.visible(body.get("destinationSpreadsheetId", ""), call.account)
            with target.changing() as book:
                sheet = int(route.args["sheet"])
                return service.copy_to(file.book, book, call.account, sheet, self._random)
        with file.changing() as book:
            answer = service.carry_out(
                book, call.account, route, query=query, body=body, chance=self._random
            )
        file.modified = self._stamp()
        return answer

    def _created(self, account: str, body: dict) -> Any:
        given = body.get("properties", {})
        new = self.create(
            given.get("title") or "Untitled spreadsheet",
            {
                s.get("properties", {}).get("title", f"Sheet{n}"): []
                for n, s in enumerate(body.get("sheets", []), 1)
            },
            owner=account,
            locale=given.get("locale", "en_US"),
            zone=given.get("timeZone", "Etc/GMT"),
        )
        route = routes.Route(operation="spreadsheets.get")
        return service.carry_out(new.book, account, route, query={}, body={}, chance=self._random)

    def _account(self, call: Call, headers: Mapping[str, str]) -> str:
        if not self.auth:
            return OWNER
        word, _, text = (headers.get("Authorization") or "").partition(" ")
        if not text or word.lower() != "bearer":
            raise errors.anonymous()
        token = self.accounts.known(text)
        if token is None:
            raise errors.unauthenticated()
        plain = call.kind == "read" and "developerMetadata" not in call.operation
        good = _READ_SCOPES if plain else _SCOPES
        if call.kind == "drive":
            good = ("drive", "drive.file", "drive.readonly")
        known = {scope.rpartition("/")[2] for scope in token.scopes}
        if not known & set(good) and not any("feeds" in scope for scope in token.scopes):
            raise errors.scopes_missing(call.operation)
        return token.account

    def _oauth(self, call: Call, headers: Mapping[str, str]) -> Answer:
        query = {name: values[-1] for name, values in call.query.items()}
        if call.operation == "consent":
            place = self.accounts.consent(query)
            call.happened = True
            return Answer(status=302, headers=(("Location", place),))
        if call.operation == "revoke":
            held = self.accounts.grants.get(call.body.get("token", query.get("token", "")))
            if held is None:
                raise OAuthError("invalid_token", "Token expired or revoked")
            held.revoked = True
            body: dict[str, Any] = {}
        elif call.operation == "userinfo":
            token = self.accounts.known((headers.get("Authorization") or "").partition(" ")[2])
            if token is None:
                raise OAuthError("invalid_request", "Invalid Credentials", 401)
            body = {"sub": "100", "email": token.account, "email_verified": True}
        else:
            body = self.accounts.exchange(call.body)
        call.happened = True
        return Answer(body=json.dumps(body).encode())

    def _stamp(self) -> str:
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _handler(self) -> type[Handler]:
        server = self

        class Bound(Handler):
            emulator = server

        return Bound


def _parsed(data: bytes, route: routes.Route) -> Any:
    text = data.decode("utf-8", "replace")
    if route.kind == "oauth":
        return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
    if route.operation == "drive.files.upload":
        return text
    try:
        return json.loads(text, parse_constant=_no_number) if text else None
    except ValueError:
        return text


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON")
