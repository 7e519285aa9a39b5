"""Faults, hooks, quotas and the log, as a client of the API meets them."""

from __future__ import annotations

import time

import google.auth.exceptions
import pytest
import requests
from gspread.exceptions import APIError

from tests.support.sheets_api import client, faults

WRITE = {
    "updateCells": {
        "start": {"sheetId": 0, "rowIndex": 1, "columnIndex": 2},
        "fields": "userEnteredValue",
        "rows": [{"values": [{"userEnteredValue": {"numberValue": 99}}]}],
    }
}


def status(error):
    return error.value.response.status_code


def test_429_with_google_s_body_and_nothing_written(sheets_api, book, post):
    sheets_api.fail("batchUpdate", faults.too_many_requests(retry_after=7))
    with pytest.raises(APIError) as error:
        post(WRITE)
    answer = error.value.response
    assert answer.headers["Retry-After"] == "7"
    assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert "Write requests per minute per user" in answer.json()["error"]["message"]
    assert book.tab().values()[1] == ["L1", "Ana", 10]
    post(WRITE)
    assert book.tab().values()[1] == ["L1", "Ana", 99]
    assert [call.happened for call in sheets_api.log.writes] == [False, True]


@pytest.mark.parametrize("after", [False, True])
def test_503_before_and_after_the_write_took_place(sheets_api, book, post, after):
    sheets_api.fail("batchUpdate", faults.unavailable(after=after))
    with pytest.raises(APIError) as error:
        post(WRITE)
    assert status(error) == 503
    assert book.tab().values()[1][2] == (99 if after else 10)
    assert sheets_api.log.writes[0].happened is after


def test_html_500_is_no_json(sheets_api, post):
    sheets_api.fail("write", faults.html_500())
    with pytest.raises(APIError) as error:
        post(WRITE)
    assert status(error) == 500
    assert error.value.code == -1
    assert error.value.response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("after", [False, True])
def test_a_cut_connection(sheets_api, book, post, after):
    sheets_api.fail("write", faults.cut(after=after))
    with pytest.raises(requests.exceptions.ConnectionError):
        post(WRITE)
    assert book.tab().values()[1][2] == (99 if after else 10)


def test_an_answer_that_ends_in_its_middle(sheets_api, book, post):
    sheets_api.fail("write", faults.cut_halfway())
    with pytest.raises(requests.exceptions.RequestException):
        post(WRITE)
    assert book.tab().values()[1][2] == 99
    assert [(call.status, call.happened) for call in sheets_api.log.writes] == [(0, True)]


def test_several_in_a_row_and_only_those_that_are_meant(sheets_api, sheet, post):
    sheets_api.fail(lambda call: "A1" in call.path, faults.internal(), nth=2, times=2)
    tab = sheet.sheet1
    statuses = []
    for _ in range(4):
        tab.get("B1")
        try:
            tab.get("A1")
            statuses.append(200)
        except APIError as error:
            statuses.append(error.response.status_code)
    assert statuses == [200, 500, 500, 200]
    sheets_api.fail("*", faults.unavailable(), times=9)
    sheets_api.script.forget()
    post(WRITE)


def test_the_token_endpoint_fails_too(sheets_api, book):
    sheets_api.fail("token", faults.invalid_grant("Invalid grant: account not found"))
    gc = client.connect(sheets_api, client.robot(sheets_api))
    with pytest.raises(google.auth.exceptions.RefreshError, match="account not found"):
        gc.open_by_key(book.id)
    assert [call.kind for call in sheets_api.log] == ["oauth"]


def test_a_stall_is_longer_than_the_client_s_patience(sheets_api, book, sheet, post):
    sheets_api.fail("write", faults.stall(5, after=True))
    sheet.client.set_timeout(0.2)
    started = time.monotonic()
    with pytest.raises(requests.exceptions.ReadTimeout):
        post(WRITE)
    assert time.monotonic() - started < 2
    assert book.tab().values()[1][2] == 99


def test_an_expired_token_is_refreshed_without_anybody_noticing(sheets_api, book):
    sheet = client.connect(sheets_api, client.robot(sheets_api)).open_by_key(book.id)
    sheets_api.accounts.expire()
    sheets_api.log.clear()
    assert sheet.sheet1.get("A1") == [["ID"]]
    assert [(call.operation, call.status) for call in sheets_api.log] == [
        ("spreadsheets.get", 401),
        ("token", 200),
        ("spreadsheets.get", 200),
        ("spreadsheets.values.get", 200),
    ]


def test_a_revoked_refresh_token(sheets_api, book):
    book.share("anna@example.com")
    gc = client.connect(sheets_api, client.person(sheets_api))
    assert gc.open_by_key(book.id).title == "Leads"
    sheets_api.accounts.revoke("anna@example.com")
    with pytest.raises(google.auth.exceptions.RefreshError, match="invalid_grant"):
        gc.open_by_key(book.id)


def test_a_clock_that_is_wrong(sheets_api, book):
    gc = client.connect(sheets_api, client.robot(sheets_api))
    sheets_api.skew = 3 * 3600
    with pytest.raises(google.auth.exceptions.RefreshError, match="reasonable timeframe"):
        gc.open_by_key(book.id)


def test_quota_per_minute(sheets_api, sheet):
    tab = sheet.sheet1
    sheets_api.quota.reads = 3
    assert [tab.get("A1") for _ in range(3)] == [[["ID"]]] * 3
    with pytest.raises(APIError) as error:
        tab.get("A1")
    assert status(error) == 429
    assert "Read requests per minute per user" in str(error.value)
    sheets_api.skew = 61
    assert tab.get("A1") == [["ID"]]


def test_somebody_acts_just_before_and_just_after_a_request(sheets_api, book, sheet, post):
    tab = book.tab()
    sheets_api.before("batchUpdate", lambda: tab.sort("A2:C4", "A", descending=True), nth=2)
    sheets_api.after("batchUpdate", lambda: tab.rename("Clientes"), nth=2)
    post(WRITE)
    assert tab.values()[1] == ["L1", "Ana", 99]
    post(WRITE)
    assert tab.values()[1:] == [["L3", "Citra", 99], ["L2", "Budi", 20], ["L1", "Ana", 99]]
    assert tab.title == "Clientes"


def test_who_may_do_what(sheets_api, gc, post, book):
    private = sheets_api.create("Private")
    with pytest.raises(PermissionError):
        gc.open_by_key(private.id)
    book.share("robot@sheetcrm-test.iam.gserviceaccount.com", "reader")
    with pytest.raises(APIError, match="The caller does not have permission"):
        post(WRITE)


def test_the_api_is_switched_off(sheets_api, post):
    sheets_api.disabled = True
    with pytest.raises(APIError) as error:
        post(WRITE)
    detail = error.value.response.json()["error"]["details"][0]
    assert (status(error), detail["reason"]) == (403, "SERVICE_DISABLED")
    assert "overview?project=" in detail["metadata"]["activationUrl"]


def test_an_xlsx_in_drive_is_no_spreadsheet(sheets_api, gc):
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    other = sheets_api.create_other(
        "leads.xlsx", mime, share=["robot@sheetcrm-test.iam.gserviceaccount.com"]
    )
    with pytest.raises(APIError, match="This operation is not supported for this document"):
        gc.open_by_key(other.id)
