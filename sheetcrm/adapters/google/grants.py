"""Why no token was given: RFC 6749, 5.2, and what Google says in ``error_description``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from google.auth.exceptions import RefreshError

from sheetcrm.errors import SourceError, SourceRefusedError, SourceUnreachableError

TOLERATED: Final = 60.0  #: seconds; less is not what Google complains about
_AGAIN: Final = "log in again: sheetcrm login"


def grant_fault(error: RefreshError, *, account: str, skew: float) -> SourceError:
    """The error that a refused token stands for.

    Args:
        error: google-auth's.
        account: whose credentials they are, "" where unknown.
        skew: seconds by which this computer's clock is ahead of the server's.
    """
    said = _said(error)
    code, description = said.get("error", ""), said.get("error_description", "")
    told = f"{code}: {description}".lower()
    who = account or "the account"
    if error.retryable:
        return SourceUnreachableError("Google gives out no tokens just now", hint="try again later")
    if "jwt" in told and abs(skew) > TOLERATED and "signature" not in told:
        return _wrong_clock(skew)
    if "signature" in told:
        return _refused(
            f"Google does not accept the key of {who}: it was deleted, or changed on the way",
            "make a new key for the service account and put its file in the old one's place",
        )
    if "account not found" in told:
        return _refused(f"there is no service account {who} any more", "make a new one")
    if code in {"invalid_client", "deleted_client", "unauthorized_client"}:
        return _refused(
            "Google does not know the client that was logged in with",
            "make a new OAuth client in Google's console, then: sheetcrm login --client FILE",
        )
    if code in {"invalid_grant", "invalid_rapt", "access_denied"} and account_is_person(account):
        return _refused(
            f"the login{f' of {account}' if account else ''} has expired or was taken back", _AGAIN
        )
    return _refused(f"Google gives out no token for {who}: {description or code or error}", _AGAIN)


def account_is_person(account: str) -> bool:
    """Whether the address is not one of a service account."""
    return not account.endswith(".gserviceaccount.com")


def _said(error: RefreshError) -> Mapping[str, str]:
    """What the token endpoint answered."""
    found = error.args[1] if len(error.args) > 1 else None
    return {k: str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _wrong_clock(skew: float) -> SourceRefusedError:
    way = "ahead of" if skew > 0 else "behind"
    minutes = max(1, round(abs(skew) / 60))
    return SourceRefusedError(
        f"the clock of this computer is {minutes} minute{'s' * (minutes > 1)} {way} Google's",
        code="clock",
        hint="let it set its time from the internet, and run again",
    )


def _refused(what: str, hint: str) -> SourceRefusedError:
    return SourceRefusedError(what, code="login", hint=hint)
