"""Who asks: service accounts, people who logged in, tokens, and the endpoints that give them.

Google's token endpoint takes a JWT that a service account signed, a refresh token, or the
code that the page of consent hands to a program on the same computer.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

LIFETIME = 3600  # seconds
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ALL_SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets https://www.googleapis.com/auth/drive"
    " openid email"
)


class OAuthError(Exception):
    """An answer of the token endpoint with status 400 or 401."""

    def __init__(self, code: str, description: str, status: int = 400):
        super().__init__(description)
        self.status = status
        self.body = {"error": code, "error_description": description}


@dataclass(slots=True)
class Token:
    """An access token."""

    account: str
    scopes: frozenset[str]
    expires: float
    revoked: bool = False


@dataclass(slots=True)
class Grant:
    """What a person allowed a program; revoked in the account's settings or by age."""

    account: str
    scopes: str
    revoked: bool = False
    challenge: str = ""
    redirect: str = ""


@dataclass(slots=True, kw_only=True)
class Accounts:
    """All accounts of one server."""

    url: str
    clock: Callable[[], float]  #: seconds since 1970, as Google's clock has it
    keys: dict[str, Any] = field(default_factory=dict)  #: public keys by account
    tokens: dict[str, Token] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)  #: by refresh token
    codes: dict[str, Grant] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)  #: secret by client id
    consenting: str = "anna@example.com"  #: who sits before the page of consent, "" refuses

    def service_account(
        self, name: str = "robot", project: str = "sheetcrm-test", *, key: int = 0
    ) -> dict[str, str]:
        """A service account's key file; the server knows its public half.

        Args:
            name: what stands before the @.
            project: the cloud project's id.
            key: another number is another key pair.
        """
        email = f"{name}@{project}.iam.gserviceaccount.com"
        private, public = key_pair(key)
        self.keys[email] = public
        return {
            "type": "service_account",
            "project_id": project,
            "private_key_id": hashlib.sha256(private.encode()).hexdigest()[:40],
            "private_key": private,
            "client_email": email,
            "client_id": "100000000000000000001",
            "auth_uri": f"{self.url}/o/oauth2/auth",
            "token_uri": f"{self.url}/token",
            "universe_domain": "googleapis.com",
        }

    def write_service_account(self, path: Path, name: str = "robot") -> str:
        """Write a service account's key file and return its address."""
        info = self.service_account(name)
        path.write_text(json.dumps(info, indent=2) + "\n", encoding="utf-8")
        path.chmod(0o600)
        return info["client_email"]

    def person(self, account: str = "anna@example.com", scopes: str = ALL_SCOPES) -> dict[str, str]:
        """What lies in the file of a person who has logged in."""
        client = self.client()["installed"]
        refresh = "1//" + secrets.token_urlsafe(24)
        self.grants[refresh] = Grant(account, scopes)
        return {
            "type": "authorized_user",
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
            "refresh_token": refresh,
            "token_uri": f"{self.url}/token",
            "account": account,
        }

    def client(self, name: str = "desk") -> dict[str, dict[str, Any]]:
        """The client file of a desktop program, as the cloud console hands it out."""
        identity = f"{name}.apps.googleusercontent.com"
        self.clients.setdefault(identity, f"secret-of-{name}")
        return {
            "installed": {
                "client_id": identity,
                "client_secret": self.clients[identity],
                "project_id": "sheetcrm-test",
                "auth_uri": f"{self.url}/o/oauth2/auth",
                "token_uri": f"{self.url}/token",
                "redirect_uris": ["http://localhost"],
            }
        }

    def token(self, account: str, scopes: str = ALL_SCOPES) -> str:
        """A new access token."""
        text = "ya29." + secrets.token_urlsafe(24)
        self.tokens[text] = Token(account, frozenset(scopes.split()), self.clock() + LIFETIME)
        return text

    def expire(self) -> None:
        """Let all access tokens run out; they can be had anew."""
        for token in self.tokens.values():
            token.revoked = True

    def revoke(self, account: str = "") -> None:
        """Take back what an account (or all) allowed: neither token nor refresh token is good."""
        self.expire()
        for grant in self.grants.values():
            grant.revoked = grant.revoked or account in {"", grant.account}
        for email in [email for email in self.keys if account in {"", email}]:
            del self.keys[email]

    def known(self, text: str) -> Token | None:
        """A token that is good now."""
        token = self.tokens.get(text)
        good = token and not token.revoked and token.expires > self.clock()
        return token if good else None

    def exchange(self, form: dict[str, str]) -> dict[str, Any]:
        """The token endpoint.

        Raises:
            OAuthError: in the words of Google's.
        """
        grant = form.get("grant_type", "")
        if grant == JWT_GRANT:
            account, scopes = self._assertion(form.get("assertion", ""))
            return self._answer(account, scopes)
        if grant not in {"refresh_token", "authorization_code"}:
            raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {grant}")
        if self.clients.get(form.get("client_id", "")) != form.get("client_secret", ""):
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if grant == "refresh_token":
            held = self.grants.get(form.get("refresh_token", ""))
            if held is None or held.revoked:
                raise OAuthError("invalid_grant", "Token has been expired or revoked.")
            return self._answer(held.account, held.scopes)
        return self._code(form)

    def consent(self, query: dict[str, str]) -> str:
        """The page of consent, where somebody says yes at once: where the browser goes next."""
        redirect = query.get("redirect_uri", "")
        answer = {"state": query.get("state", "")}
        if not self.consenting:
            return f"{redirect}?{urlencode({'error': 'access_denied'} | answer)}"
        code = "4/" + secrets.token_urlsafe(24)
        self.codes[code] = Grant(
            self.consenting,
            query.get("scope", ""),
            challenge=query.get("code_challenge", ""),
            redirect=redirect,
        )
        given = {"code": code, "scope": query.get("scope", "")} | answer
        return f"{redirect}?{urlencode(given)}"

    def _code(self, form: dict[str, str]) -> dict[str, Any]:
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None or grant.redirect != form.get("redirect_uri"):
            raise OAuthError("invalid_grant", "Bad Request")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if grant.challenge and grant.challenge != _base64(digest):
            raise OAuthError("invalid_grant", "Invalid code verifier.")
        refresh = "1//" + secrets.token_urlsafe(24)
        self.grants[refresh] = Grant(grant.account, grant.scopes)
        return self._answer(grant.account, grant.scopes) | {"refresh_token": refresh}

    def _assertion(self, assertion: str) -> tuple[str, str]:
        try:
            head, payload, signature = assertion.split(".")
            claims = json.loads(_unbase64(payload))
        except ValueError:
            raise OAuthError("invalid_request", "Bad Request") from None
        account = claims.get("iss", "")
        if account not in self.keys:
            raise OAuthError("invalid_grant", "Invalid grant: account not found")
        try:
            signed = f"{head}.{payload}".encode()
            self.keys[account].verify(
                _unbase64(signature), signed, padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            raise OAuthError("invalid_grant", "Invalid JWT Signature.") from None
        now = self.clock()
        if not (
            claims["iat"] - 300 <= now <= claims["exp"] and claims["exp"] <= claims["iat"] + 3600
        ):
            raise OAuthError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable"
                " timeframe. Check your iat and exp values in the JWT claim.",
            )
        if claims.get("aud") not in {"https://oauth2.googleapis.com/token", f"{self.url}/token"}:
            raise OAuthError("invalid_grant", "Invalid JWT: Failed audience check.")
        if not claims.get("scope"):
            raise OAuthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        return account, claims["scope"]

    def _answer(self, account: str, scopes: str) -> dict[str, Any]:
        answer = {
            "access_token": self.token(account, scopes),
            "expires_in": LIFETIME - 1,
            "scope": scopes,
            "token_type": "Bearer",
        }
        if "openid" in scopes.split():
            claims = {
                "iss": "https://accounts.google.com",
                "email": account,
                "exp": int(self.clock()) + LIFETIME,
            }
            parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)]
            answer["id_token"] = ".".join([*parts, ""])
        return answer


@cache
def key_pair(number: int) -> tuple[str, Any]:
    """A private key as PEM and its public half; made once in a process."""
    del number  # tells one pair from another in the cache
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode(), private.public_key()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
