from __future__ import annotations

import json

import pytest

from tests.support.google_stub import serving


@pytest.fixture
def stub():
    """A server that answers what the test tells it to."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def private_key():
    """The PEM of a key that nobody uses."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def robot(stub, private_key):
    """The JSON of a service account whose tokens the stub gives out."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "demo",
            "private_key_id": "k1",
            "private_key": private_key,
            "client_email": "robot@demo.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{stub.url}/token",
        }
    )


@pytest.fixture
def person(stub):
    """The JSON of a person's login."""
    return json.dumps(
        {
            "type": "authorized_user",
            "client_id": "c",
            "client_secret": "s",
            "refresh_token": "r",
            "token_uri": f"{stub.url}/token",
            "account": "ani@example.com",
        }
    )
