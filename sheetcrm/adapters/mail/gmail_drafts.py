"""Drafts in Gmail, by its API (users.drafts); a message is found again by its Message-ID.

What is asked for is the right to make drafts, not to read mail: so the folder of sent mail stays
closed, and a draft that is there no longer was sent or deleted.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from typing import Any

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError

from sheetcrm.core.followup.mime import without_unsent
from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.errors import MailerAuthError, MailerError, MailerUnavailableError

SCHEME = "gmail:"
TIMEOUT = (10.0, 60.0)  #: seconds to connect, and for an answer

_PATH = "/gmail/v1/users/me/drafts"
_LATER = frozenset(("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "backendError"))
_AGAIN = "log in again: sheetcrm login --gmail"

Way = tuple[requests.Session, str, str]
"""An authorised session, the API's address, and whose mailbox it is."""


class GmailDrafts:
    """A `DraftBox` among a person's drafts in Gmail.

    Args:
        way: opens the way to Gmail, when it is first needed.
    """

    def __init__(self, way: Callable[[], Way]) -> None:
        self._way = way
        self._opened: Way | None = None

    def put(self, draft: MessageDraft) -> str:
        """Make a draft, unless it is there already.

        Raises:
            MailerError: Gmail cannot be used.
        """
        if not self._found(draft.message_id):
            raw = base64.urlsafe_b64encode(without_unsent(draft.raw)).decode()
            self._ask("POST", _PATH, body={"message": {"raw": raw}})
        return self.place(draft)

    def place(self, draft: MessageDraft) -> str:
        """Where the message lies or would lie, for people.

        Raises:
            MailerAuthError: nobody is logged in.
        """
        return f"{SCHEME}{self._gmail()[2]}/{draft.message_id}"

    def holds(self, draft: MessageDraft) -> bool:
        """Whether the message still is a draft.

        Raises:
            MailerError: Gmail cannot be used.
        """
        return bool(self._found(draft.message_id))

    def gone(self, messages: Collection[MessageRecord]) -> set[str]:
        """The keys of those of these that are no draft any more: sent by hand, or deleted.

        Raises:
            MailerError: Gmail cannot be used.
        """
        ours = [one for one in messages if one.place.startswith(SCHEME)]
        return {one.key for one in ours if not self._found(one.message_id)}

    def withdraw(self, draft: MessageDraft) -> bool:
        """Delete the draft; False where it is none any more.

        Raises:
            MailerError: Gmail cannot be used.
        """
        found = self._found(draft.message_id)
        gone = [self._ask("DELETE", f"{_PATH}/{one}", absent=True) for one in found]
        return any(one is not None for one in gone)

    def _found(self, message_id: str) -> list[str]:
        """The ids of the drafts with this Message-ID."""
        query = {"q": f"rfc822msgid:{message_id.strip('<>')}"}
        answer = self._ask("GET", _PATH, query=query) or {}
        return [str(one["id"]) for one in answer.get("drafts", ())]

    def _gmail(self) -> Way:
        if self._opened is None:
            self._opened = self._way()
        return self._opened

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        absent: bool = False,
    ) -> dict[str, Any] | None:
        """What Gmail answers; with `absent`, None where there is no such thing."""
        session, address, _ = self._gmail()
        url = address + path
        try:
            response = session.request(method, url, params=query, json=body, timeout=TIMEOUT)
            if response.status_code == requests.codes.no_content:
                return {}
            found = response.json() if response.content else {}
        except RefreshError as error:
            raise MailerAuthError("Gmail no longer accepts the login", hint=_AGAIN) from error
        except (GoogleAuthError, requests.RequestException) as error:
            raise MailerUnavailableError(
                "Gmail cannot be reached", hint="is this computer connected to the internet?"
            ) from error
        if absent and response.status_code == requests.codes.not_found:
            return None
        if not response.ok:
            raise _refusal(response.status_code, found)
        return found if isinstance(found, dict) else {}


def _refusal(status: int, answer: object) -> MailerError:
    """What an error of the API means (Google's JSON error format)."""
    error = answer.get("error") if isinstance(answer, dict) else None
    told = error if isinstance(error, dict) else {}
    message = str(told.get("message") or f"HTTP {status}")
    reasons = {str(one.get("reason")) for one in told.get("errors", ()) if isinstance(one, dict)}
    if status == 429 or status >= 500 or reasons & _LATER:
        return MailerUnavailableError(f"Gmail wants us to wait: {message}", hint="try again later")
    if status in {401, 403}:
        return MailerAuthError(f"Gmail does not let us make drafts: {message}", hint=_AGAIN)
    return MailerError(f"Gmail refuses a draft: {message}")
