"""What Google's refusals mean, in words that say what to do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from google.oauth2.credentials import Credentials

from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.faults import Answer, RateLimitedError, RequestRefusedError, fault_of
from sheetcrm.errors import SourceError, SourceNotFoundError, SourceUnreachableError
from tests.support.google_stub import Reply, error

ENABLE = "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=42"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HELP = {
    "@type": "type.googleapis.com/google.rpc.Help",
    "links": [{"description": "x", "url": ENABLE}],
}
DISABLED = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "SERVICE_DISABLED",
    "domain": "googleapis.com",
}
SCOPE = {**DISABLED, "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
FORBIDDEN = error(403, "The caller does not have permission", "PERMISSION_DENIED")
UNUSED = (
    "Google Sheets API has not been used in project 42 before or it is disabled. Enable it by "
    f"visiting {ENABLE} then retry."
)


@pytest.fixture
def read(stub):
    """The error of a read that is answered so."""

    def failing(reply, *, account="robot@demo.iam.gserviceaccount.com", writing=False):
        stub.replies.append(reply)
        client = SheetsClient(Credentials("t", account=account), endpoint=stub.url)
        with pytest.raises(SourceError) as told:
            client.change("abc", [{}]) if writing else client.get("abc", fields="x")
        return told.value

    return failing


def test_not_shared(read):
    fault = read(FORBIDDEN)
    assert fault.code == "not-shared"
    assert fault.message == "the spreadsheet is not shared with robot@demo.iam.gserviceaccount.com"
    assert fault.hint.endswith("Share → add robot@demo.iam.gserviceaccount.com → Editor")


def test_not_shared_with_whom_google_did_not_say(read):
    fault = read(FORBIDDEN, account="")
    assert fault.message == "the spreadsheet is not shared with the account that is logged in"


def test_view_only(read):
    fault = read(FORBIDDEN, writing=True)
    assert fault.code == "view-only"
    assert "robot@demo.iam.gserviceaccount.com may look at the spreadsheet" in fault.message
    assert "Editor" in fault.hint


@pytest.mark.parametrize(
    "reply",
    [
        error(403, "whatever", "PERMISSION_DENIED", HELP, DISABLED),
        error(403, UNUSED, "PERMISSION_DENIED"),
    ],
)
def test_the_api_is_not_switched_on(read, reply):
    fault = read(reply)
    assert fault.code == "api-disabled"
    assert fault.hint.startswith(f"open {ENABLE}, press Enable")


def test_the_api_is_not_switched_on_and_google_gives_no_link(read):
    fault = read(error(403, "no", "PERMISSION_DENIED", DISABLED))
    assert "https://console.cloud.google.com/apis/library/sheets.googleapis.com" in fault.hint


def test_a_login_without_the_right_to_spreadsheets(read):
    fault = read(error(403, "x", "PERMISSION_DENIED", SCOPE))
    assert (fault.code, fault.hint) == ("scope", "log in with: sheetcrm login")


def test_no_such_spreadsheet(read):
    fault = read(error(404, "Requested entity was not found.", "NOT_FOUND"))
    assert isinstance(fault, SourceNotFoundError)
    assert "no spreadsheet at that address" in fault.message


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("This operation is not supported for this document", "not-a-spreadsheet"),
        (
            (
                "You are trying to edit a protected cell or object. Please contact the spreadsheet "
                "owner to remove protection if you need to edit."
            ),
            "protected",
        ),
        (
            (
                "Invalid requests[0].appendDimension: This action would increase the number of cells "
                "in the workbook above the limit of 10000000 cells."
            ),
            "too-many-cells",
        ),
        (
            (
                "Invalid requests[0].updateCells: Your input contains more than the maximum of 50000 "
                "characters in a single cell."
            ),
            "too-long",
        ),
    ],
)
def test_what_google_says_about_a_sheet(read, said, code):
    fault = read(error(400, said, "FAILED_PRECONDITION"), writing=True)
    assert fault.code == code
    assert fault.hint


def test_an_excel_file_in_drive_is_said_so(read):
    fault = read(
        error(400, "This operation is not supported for this document", "FAILED_PRECONDITION")
    )
    assert "Excel file that lies in Google Drive" in fault.message
    assert "Save as Google Sheets" in fault.hint


def test_any_other_refusal_keeps_googles_words(read):
    fault = read(error(400, "Unable to parse range: 'A'!A1", "INVALID_ARGUMENT"))
    assert isinstance(fault, RequestRefusedError)
    assert fault.said == "Unable to parse range: 'A'!A1"
    assert fault.code == "request"
    assert read(Reply(status=413, body="<html>too large")).said == "HTTP 413"
    assert read(Reply(status=501, body="<html>never")).said == "HTTP 501"
    assert read(Reply(status=400, body=[1])).said == "HTTP 400"
    assert read(Reply(status=400, body={"error": "odd"})).said == "HTTP 400"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("37", 37),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 60),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0),
        ("soon", 0),
        ("-5", 0),
        ("", 0),
    ],
)
def test_how_long_google_asks_to_wait(header, seconds):
    now = datetime(2026, 10, 21, 7, 27, tzinfo=UTC)
    answer = Answer(status=429, headers={"retry-after": header})
    fault = fault_of(answer, account="", writing=False, now=now)
    assert isinstance(fault, RateLimitedError)
    assert fault.seconds == seconds


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599, 408, 301, 302, 307])
def test_an_outage_is_told_by_the_status_whatever_the_body(status):
    for body in (b"", b"<html>", b'{"error": {"code": 400, "message": "You are not"}}', b"\xff"):
        fault = fault_of(Answer(status=status, body=body), account="", writing=False, now=NOON)
        assert isinstance(fault, SourceUnreachableError)
