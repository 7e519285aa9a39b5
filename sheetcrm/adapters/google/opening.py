"""From what the config says to tabs that can be read: one way to Google for each credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.adapters.google.address import Address
from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.columns import Look
from sheetcrm.adapters.google.endpoints import secure
from sheetcrm.adapters.google.source import GoogleTabSource
from sheetcrm.core.table.fields import Field

if TYPE_CHECKING:
    from google.auth.credentials import Credentials


class Google:
    """Opens tabs; nothing is asked of Google, and nobody's key is read, before one is read.

    Args:
        root: the workspace's folder.
        home: the user's own settings.
        endpoint: the API's address instead of Google's; "" for Google's.
        say: is told why we wait, where that takes long.

    Raises:
        UsageError: `endpoint` may not be used.
    """

    def __init__(
        self, *, root: Path, home: Path, endpoint: str, say: Callable[[str], object] | None
    ) -> None:
        self._root = root
        self._home = home
        self._endpoint = secure(endpoint) if endpoint else ""
        self._say = say
        self._clients: dict[str, SheetsClient] = {}

    def tab(
        self,
        name: str,
        google: str,
        tab: str,
        credentials: str,
        *,
        fields: Sequence[Field] = (),
        outputs: Mapping[str, str] | None = None,
        look: Look | None = None,
    ) -> GoogleTabSource:
        """A tab; name, address and credentials as the config says them."""
        return GoogleTabSource(
            name,
            Address.parse(google, tab),
            self._client(credentials),
            fields=fields,
            outputs=outputs or {},
            look=look or Look(),
        )

    def _client(self, credentials: str) -> SheetsClient:
        """The one way for these credentials, since Google counts requests by account."""
        if credentials not in self._clients:
            find = partial(_find, credentials, root=self._root, home=self._home)
            self._clients[credentials] = SheetsClient(find, endpoint=self._endpoint, say=self._say)
        return self._clients[credentials]


def _find(said: str, *, root: Path, home: Path) -> Credentials:
    from sheetcrm.adapters.google.auth import find_credentials  # noqa: PLC0415  takes a while

    return find_credentials(said, root=root, home=home)
