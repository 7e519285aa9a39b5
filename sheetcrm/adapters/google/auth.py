"""Who we are to Google: a service account, a person who logged in, or the computer's default.

What is asked for is the right to edit spreadsheets, and nothing else of Drive. Nothing here
touches the network.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from google.auth import compute_engine, environment_vars
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials as PersonCredentials

from sheetcrm.adapters.google.endpoints import secure
from sheetcrm.adapters.google.stored import read_login
from sheetcrm.errors import SourceRefusedError, UsageError

SCOPES: Final = ("https://www.googleapis.com/auth/spreadsheets",)
MAIL: Final = "https://www.googleapis.com/auth/gmail.compose"
"""The right to make drafts in Gmail; only a person who logged in has a mailbox."""

TOKENS: Final = "https://oauth2.googleapis.com/token"
PRODUCT: Final = Path("/sys/class/dmi/id/product_name")  #: begins with Google on its machines

_WAYS: Final = (
    "log in with: sheetcrm login; or name the key file of a service account: "
    'credentials = "secrets/service-account.json"'
)


def find_credentials(said: str, *, root: Path, home: Path) -> Credentials:
    """The credentials of a source.

    Args:
        said: the config's `credentials`: the contents of a file, or its path; "" for what
            `sheetcrm login` stored, else the computer's application default credentials.
        root: the workspace's folder, in which paths begin.
        home: the folder of a login that holds for all workspaces of this user.

    Raises:
        SourceRefusedError: there are none, or they are of no use.
    """
    if said.lstrip().startswith("{"):
        return _silent(_of_text(said, "credentials"))
    if said:
        return _silent(_of_file(root / Path(said).expanduser()))
    login = read_login(root, home)
    return _silent(_of_info(login.info, login.path.name) if login else _default())


def _of_file(path: Path) -> Credentials:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise _refused(f"there is no file {path} with Google credentials", _WAYS) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(f"{path} cannot be read: {error}", _WAYS) from error
    return _of_text(text, path.name)


def _of_text(text: str, name: str) -> Credentials:
    try:
        info = json.loads(text)
    except ValueError as error:
        raise _refused(f"{name} is not the JSON that Google gives as a key", _WAYS) from error
    if not isinstance(info, dict):
        raise _refused(f"{name} is not the JSON that Google gives as a key", _WAYS)
    return _of_info(info, name)


def _of_info(info: Mapping[str, Any], name: str) -> Credentials:
    """What the JSON of a key file stands for, by its ``type``."""
    kind = info.get("type", "")
    if "installed" in info or "web" in info:
        raise _refused(
            f"{name} is an OAuth client, which says which program asks, not who",
            f"log in with it: sheetcrm login --client {name}",
        )
    try:
        secure(str(info.get("token_uri") or TOKENS))
        if kind == "service_account":
            return service_account.Credentials.from_service_account_info(info, scopes=SCOPES)  # type: ignore[no-untyped-call,no-any-return]
        if kind == "authorized_user" or "refresh_token" in info:
            return _person(info)
    except (GoogleAuthError, UsageError, ValueError, KeyError) as error:
        raise _refused(f"{name} is not a whole key of Google: {error}", _WAYS) from error
    what = f"of the kind “{kind}”" if kind else "without a type"
    raise _refused(f"{name} is a file {what}, and no key of Google that sheetcrm knows", _WAYS)


def _person(info: Mapping[str, Any]) -> Credentials:
    """A person's login, also one that gcloud or gspread stored."""
    return PersonCredentials(  # type: ignore[no-untyped-call]
        token=None,
        refresh_token=info["refresh_token"],
        token_uri=info.get("token_uri") or TOKENS,
        client_id=info["client_id"],
        client_secret=info["client_secret"],
        quota_project_id=info.get("quota_project_id"),
        account=info.get("account", ""),
    )


def _default() -> Credentials:
    """Application default credentials, as Google's own programs look for them.

    Only on a machine of Google is its metadata server asked; elsewhere nobody would answer.
    """
    named = os.environ.get(environment_vars.CREDENTIALS, "")
    if named:
        return _of_file(Path(named))
    stored = _gcloud() / "application_default_credentials.json"
    if stored.is_file():
        return _of_file(stored)
    if _on_google():
        return compute_engine.Credentials(scopes=list(SCOPES))  # type: ignore[no-untyped-call]
    raise _refused("nobody is logged in to Google here", _WAYS)


def _gcloud() -> Path:
    named = os.environ.get(environment_vars.CLOUD_SDK_CONFIG_DIR, "")
    if named:
        return Path(named)
    appdata = os.environ.get("APPDATA", "")
    if sys.platform == "win32" and appdata:
        return Path(appdata) / "gcloud"
    return Path.home() / ".config" / "gcloud"


def _on_google() -> bool:
    """Whether this is a machine of Google's cloud, as far as it says so itself."""
    if {"K_SERVICE", "CLOUD_RUN_JOB", environment_vars.GCE_METADATA_HOST} & os.environ.keys():
        return True
    try:
        return PRODUCT.read_text(encoding="ascii").startswith("Google")
    except (OSError, UnicodeDecodeError):
        return False


def _silent(credentials: Credentials) -> Credentials:
    """The same, without google-auth's look-up of regions, which it does in the background.

    That asks another host of Google with every run, which sheetcrm has no use for.
    """
    vars(credentials)["_after_refresh"] = _nothing
    return credentials


def _nothing(*_args: object) -> None:
    pass


def _refused(what: str, hint: str) -> SourceRefusedError:
    return SourceRefusedError(what, code="login", hint=hint)
