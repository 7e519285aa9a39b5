"""The way to the API: what is sent, how fast, what is tried again, and what never is."""

from __future__ import annotations

import pytest
from google.auth.credentials import AnonymousCredentials
from google.oauth2.credentials import Credentials

from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.faults import (
    RateLimitedError,
    RequestRefusedError,
    WriteUncertainError,
)
from sheetcrm.adapters.google.quota import Patience, TokenBucket, backoff
from sheetcrm.errors import (
    SourceBusyError,
    SourceRefusedError,
    SourceUnreachableError,
    TransientError,
    UsageError,
)
from tests.support.google_stub import Reply, error

QUOTA = "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute'"
LIMITED = error(429, QUOTA, "RESOURCE_EXHAUSTED")
DOWN = error(503, "The service is currently unavailable.", "UNAVAILABLE")
PAGE = Reply(
    status=500, body="<html><title>Error 500</title>", headers={"Content-Type": "text/html"}
)
CUT = Reply(cut=True)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def clock(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def said():
    return []


@pytest.fixture
def client(stub, time, said):
    def make(credentials=None, **options):
        given = {"sleep": time.sleep, "clock": time.clock, "say": said.append, **options}
        return SheetsClient(credentials or Credentials("static"), endpoint=stub.url, **given)

    return make


def test_a_read_of_properties_and_cells(stub, client):
    stub.replies.append(Reply(body={"sheets": [1]}))
    found = client().get("abc", ranges=["'A b'!A1", "B"], fields="sheets.properties")
    assert found == {"sheets": [1]}
    (seen,) = stub.seen
    assert (seen.method, seen.path) == ("GET", "/v4/spreadsheets/abc")
    assert seen.query["ranges"] == ["'A b'!A1", "B"]
    assert seen.query["fields"] == ["sheets.properties"]
    assert seen.headers["authorization"] == "Bearer static"
    assert "gzip" in seen.headers["user-agent"]
    assert "gzip" in seen.headers["accept-encoding"]


def test_a_read_by_filters(stub, client):
    client().get_by_filter("abc", [{"gridRange": {"sheetId": 7}}], fields="sheets")
    (seen,) = stub.seen
    assert (seen.method, seen.path) == ("POST", "/v4/spreadsheets/abc:getByDataFilter")
    assert seen.body == {"dataFilters": [{"gridRange": {"sheetId": 7}}]}


TITLES = {
    "sheets": [{"properties": {"title": "Ana's"}}, {"properties": {"sheetId": 7, "title": "B"}}]
}


@pytest.mark.parametrize("status", [400, 404])
def test_a_service_that_knows_no_filters_is_asked_by_titles(stub, client, status):
    stub.replies += [Reply(status=status), Reply(body=TITLES), Reply(body={"sheets": [1]})]
    stub.replies += [Reply(body=TITLES), Reply(body={"sheets": [2]})]
    google = client()
    filters = [
        {"gridRange": {"sheetId": 7}},
        {"gridRange": {"sheetId": 0, "startRowIndex": 2, "endRowIndex": 3}},
    ]
    assert google.get_by_filter("abc", filters, fields="sheets") == {"sheets": [1]}
    assert google.get_by_filter("abc", filters[:1], fields="sheets") == {"sheets": [2]}
    assert [one.method for one in stub.seen] == ["POST", "GET", "GET", "GET", "GET"]
    assert stub.seen[2].query["ranges"] == ["'B'", "'Ana''s'!3:3"]


def test_a_tab_that_is_gone_is_refused_either_way(stub, client):
    stub.replies += [Reply(status=400), Reply(body=TITLES)]
    with pytest.raises(RequestRefusedError, match="id 9"):
        client().get_by_filter("abc", [{"gridRange": {"sheetId": 9}}], fields="sheets")


def test_a_read_of_values(stub, client):
    stub.replies.append(Reply(body={"valueRanges": [{"values": [["a"], [1]]}, {"range": "B"}]}))
    assert client().batch_get("abc", ["A", "B"]) == [[["a"], [1]], []]
    (seen,) = stub.seen
    assert seen.path == "/v4/spreadsheets/abc/values:batchGet"
    assert seen.query["valueRenderOption"] == ["UNFORMATTED_VALUE"]
    assert seen.query["dateTimeRenderOption"] == ["SERIAL_NUMBER"]


def test_a_write_with_its_proof(stub, client):
    stub.replies.append(Reply(body={"replies": [{}]}))
    request = {"updateCells": {"fields": "userEnteredValue"}}
    assert client().change("abc", [request], proof=["'A'!1:1"], fields="replies") == {
        "replies": [{}]
    }
    (seen,) = stub.seen
    assert (seen.method, seen.path) == ("POST", "/v4/spreadsheets/abc:batchUpdate")
    assert seen.query["fields"] == ["replies"]
    assert seen.body == {
        "requests": [request],
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": ["'A'!1:1"],
    }


def test_a_write_without_a_proof_asks_for_none(stub, client):
    client().change("abc", [{}])
    assert stub.seen[0].body == {"requests": [{}]}


@pytest.mark.parametrize("fault", [LIMITED, DOWN, PAGE, CUT, Reply(body="<html>", status=200)])
def test_a_read_is_tried_again(stub, client, time, fault):
    stub.replies += [fault, fault, Reply(body={"ok": 1})]
    assert client().get("abc", fields="x") == {"ok": 1}
    assert len(stub.seen) == 3
    assert len(time.slept) <= 2
    assert all(0 <= rest <= 2 for rest in time.slept)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (LIMITED, RateLimitedError),
        (DOWN, WriteUncertainError),
        (PAGE, WriteUncertainError),
        (CUT, WriteUncertainError),
        (Reply(body="<html>"), WriteUncertainError),
        (Reply(status=408), WriteUncertainError),
        (error(400, "Unable to parse range: 'A'!A1", "INVALID_ARGUMENT"), RequestRefusedError),
    ],
)
def test_a_write_is_never_sent_again(stub, client, fault, kind):
    stub.replies += [fault, Reply(body={"ok": 1})]
    with pytest.raises(kind):
        client().change("abc", [{}])
    assert len(stub.seen) == 1


def test_a_write_that_no_connection_came_about_for_did_not_take_place(time):
    client = SheetsClient(
        Credentials("static"), endpoint="http://127.0.0.1:1", sleep=time.sleep, clock=time.clock
    )
    with pytest.raises(SourceUnreachableError, match="cannot be reached") as told:
        client.change("abc", [{}])
    assert not isinstance(told.value, WriteUncertainError)
    assert "internet" in told.value.hint


def test_a_write_without_an_answer_in_time_is_uncertain(stub, client):
    stub.replies.append(Reply(stall=0.6))
    with pytest.raises(WriteUncertainError):
        client(timeouts=(1, 0.1)).change("abc", [{}])


def test_a_read_without_an_answer_in_time_is_tried_again(stub, client):
    stub.replies += [Reply(stall=0.6), Reply(body={"ok": 1})]
    assert client(timeouts=(1, 0.1)).get("abc", fields="x") == {"ok": 1}
    assert len(stub.seen) == 2


def test_after_a_write_that_failed_the_next_request_waits_and_then_all_is_forgotten(
    stub, client, time
):
    stub.replies += [LIMITED, Reply()] * 6
    ours = client()
    for _ in range(6):
        with pytest.raises(RateLimitedError):
            ours.change("abc", [{}])
        ours.get("abc", fields="x")  # a read has a quota of its own, and does not wait
    rests = list(time.slept)
    assert len(rests) == 5
    assert all(rest <= 2**n for n, rest in enumerate(rests))
    ours.change("abc", [{}])
    stub.replies.append(DOWN)
    with pytest.raises(WriteUncertainError):
        ours.change("abc", [{}])
    before = len(time.slept)
    ours.get("abc", fields="x")
    assert sum(time.slept[before:]) <= 1


def test_a_wait_that_google_names_is_kept(stub, client, time, said):
    stub.replies += [error(429, QUOTA, **{"Retry-After": "37"}), Reply(body={"ok": 1})]
    assert client().get("abc", fields="x") == {"ok": 1}
    assert time.slept == [pytest.approx(37)]
    assert said == [
        "waiting 37 s: Google's quota of requests is used up (60 reads and 60 writes a minute)"
    ]


def test_a_wait_beyond_the_deadline_is_not_begun(stub, client, time):
    stub.replies += [error(429, QUOTA, **{"Retry-After": "3600"})] * 2
    with pytest.raises(RateLimitedError) as told:
        client().get("abc", fields="x")
    assert told.value.seconds == 3600
    assert time.slept == []
    ours = client()
    with pytest.raises(RateLimitedError):
        ours.change("abc", [{}])
    assert not ours.hopeful
    ours.get("abc", fields="x")
    with pytest.raises(RateLimitedError):  # and Google is not even asked
        ours.change("abc", [{}])
    assert len(stub.seen) == 3


@pytest.mark.parametrize("fault", [LIMITED, DOWN, PAGE, CUT])
def test_an_outage_ends_a_run_within_its_deadline(stub, client, time, fault):
    stub.replies += [fault] * 500
    ours = client(deadline=600)
    with pytest.raises(TransientError):
        ours.get("abc", fields="x")
    assert time.now <= 1000 + 600 + 1
    assert time.now > 1000 + 400, "it did not give up early either"
    assert not ours.hopeful
    sent = len(stub.seen)
    assert 10 < sent < 60
    with pytest.raises(TransientError):  # the other sources of the run do not wait once more
        ours.get("other", fields="x")
    with pytest.raises(TransientError):
        ours.change("other", [{}])
    assert len(stub.seen) == sent


def test_each_failure_is_an_error_of_its_own(stub, client):
    """Whoever catches one adds to its message where it was."""
    stub.replies += [error(429, QUOTA, **{"Retry-After": "3600"})] * 2 + [DOWN] * 500
    ours = client(deadline=30)
    found = []
    for call in (ours.get, ours.get, ours.change, ours.change):
        with pytest.raises(SourceBusyError) as told:
            call("abc", [{}]) if call == ours.change else call("abc", fields="x")
        assert told.value.seconds == 3600
        told.value.message = f"table Cities: {told.value.message}"
        found.append(told.value)
    ours = client(deadline=30)
    for _ in range(3):
        with pytest.raises(SourceUnreachableError) as told:
            ours.get("abc", fields="x")
        told.value.message = f"table Cities: {told.value.message}"
        found.append(told.value)
    assert len({id(one) for one in found}) == 7
    assert all(one.message.count("table Cities") == 1 for one in found)
    assert all(one.hint for one in found)


def test_what_is_refused_after_an_uncertain_write_is_certain(stub, client, time):
    stub.replies += [DOWN] * 9
    ours = client(deadline=30)
    ours._patience.left  # noqa: B018  the run begins
    time.now += 31
    with pytest.raises(WriteUncertainError):
        ours.change("abc", [{}])
    for call in (lambda: ours.get("b", fields="x"), lambda: ours.change("b", [{}])):
        with pytest.raises(SourceUnreachableError) as told:
            call()
        assert not isinstance(told.value, WriteUncertainError)
    assert len(stub.seen) == 1


def test_a_minute_after_giving_up_one_more_attempt_is_made(stub, client, time):
    stub.replies += [DOWN] * 500
    ours = client(deadline=30)
    with pytest.raises(SourceUnreachableError):
        ours.get("abc", fields="x")
    time.now += 61
    sent = len(stub.seen)
    with pytest.raises(SourceUnreachableError):
        ours.get("abc", fields="x")
    assert len(stub.seen) == sent + 1
    time.now += 61
    stub.replies.clear()
    ours.get("abc", fields="x")
    stub.replies += [DOWN, Reply(body={"ok": 1})]
    assert ours.get("abc", fields="x") == {"ok": 1}, "patient again"


def test_a_stalling_service_ends_a_run_within_its_deadline(stub, said):
    import time

    stub.replies += [Reply(stall=0.3)] * 50
    began = time.monotonic()
    client = SheetsClient(
        Credentials("static"), endpoint=stub.url, deadline=0.5, timeouts=(0.1, 0.15)
    )
    with pytest.raises(SourceUnreachableError, match="in time"):
        client.get("abc", fields="x")
    assert time.monotonic() - began < 2


def test_no_more_than_sixty_reads_and_sixty_writes_in_any_minute(stub, client, time, said):
    ours = client()
    sent = []
    for _ in range(130):
        ours.get("abc", fields="x")
        sent.append(time.now)
        time.now += 0.1
    for at in sent:
        assert sum(at - 60 + 1e-6 < other <= at for other in sent) <= 60
    assert time.now - 1000 == pytest.approx(120 + 1, abs=1), "and no slower than that"
    assert said[0].endswith("s: Google allows 60 requests a minute")
    ours.change("abc", [{}])
    assert time.slept[-1] > 0
    slept = len(time.slept)
    for _ in range(59):
        ours.change("abc", [{}])
    assert len(time.slept) == slept, "writes are counted apart"
    ours.change("abc", [{}])
    assert len(time.slept) == slept + 1


def test_pacing_ourselves_takes_nothing_from_the_deadline(stub, client, time):
    ours = client(bucket=TokenBucket(reads=1, seconds=50), deadline=60)
    for _ in range(5):
        ours.get("abc", fields="x")
    assert time.now == pytest.approx(1200)
    stub.replies += [DOWN, Reply(body={"ok": 1})]
    assert ours.get("abc", fields="x") == {"ok": 1}


def test_clients_of_one_account_share_its_bucket(stub, client, time):
    bucket = TokenBucket(reads=2, seconds=60)
    one, other = client(bucket=bucket), client(bucket=bucket)
    one.get("abc", fields="x")
    other.get("abc", fields="x")
    assert time.slept == []
    one.get("abc", fields="x")
    assert time.slept == [pytest.approx(60)]


def test_a_redirect_is_not_followed(stub, client, time):
    elsewhere = Reply(status=302, headers={"Location": "https://login.example.com/"})
    stub.replies += [elsewhere] * 500
    with pytest.raises(SourceUnreachableError, match="something else answers"):
        client(deadline=5).get("abc", fields="x")
    stub.replies += [elsewhere]
    with pytest.raises(SourceUnreachableError):
        client(deadline=5).change("abc", [{}])


def test_a_token_is_never_sent_over_the_network_in_clear():
    client = SheetsClient(Credentials("static"), endpoint="http://sheets.example.com")
    with pytest.raises(UsageError, match="not safe") as told:
        client.get("abc", fields="x")
    assert "https://" in told.value.hint


def test_an_endpoint_on_this_computer_needs_no_proxy(stub, client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example.com:3128")
    client().get("abc", fields="x")
    assert len(stub.seen) == 1


def test_a_netrc_entry_does_not_take_the_place_of_the_token(stub, client, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("default login a password b\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setattr("sheetcrm.adapters.google.http.is_local", lambda address: False)
    client().get("abc", fields="x")
    assert stub.seen[0].headers["authorization"] == "Bearer static"


def test_without_credentials_nothing_is_sent_but_the_request(stub, client):
    ours = client(AnonymousCredentials())
    ours.get("abc", fields="x")
    assert "authorization" not in stub.seen[0].headers
    assert ours.account == ""


def test_credentials_are_looked_for_when_the_first_request_needs_them(stub, client):
    asked = []

    def find():
        asked.append(1)
        if len(asked) == 1:
            raise SourceRefusedError("nobody is logged in", code="login")
        return Credentials("found", account="ani@example.com")

    ours = client(find)
    assert asked == []
    with pytest.raises(SourceRefusedError):
        ours.get("abc", fields="x")
    ours.get("abc", fields="x")
    ours.get("abc", fields="x")
    assert len(asked) == 2
    assert ours.account == "ani@example.com"


def test_every_passing_fault_leads_to_the_exit_code_for_later():
    assert issubclass(RateLimitedError, SourceBusyError)
    assert all(
        issubclass(kind, TransientError)
        for kind in (RateLimitedError, WriteUncertainError, SourceUnreachableError)
    )
    assert not issubclass(RequestRefusedError, TransientError)


def test_backoff_is_jittered_and_bounded():
    rests = [backoff(20) for _ in range(200)]
    assert max(rests) <= 64
    assert len(set(rests)) > 100
    assert max(backoff(0) for _ in range(200)) <= 1


def test_patience_begins_with_the_first_request(time):
    patience = Patience(10, time.clock)
    time.now += 100
    assert patience.left == 10
    time.now += 4
    assert patience.left == 6
