"""Whatever is put into a message, a mail program reads it back, and nothing else.

Held against Python's own `EmailMessage`: what it builds of the same parts reads the same.
"""

from __future__ import annotations

import email.policy
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.followup.enclosure import Enclosure
from sheetcrm.core.followup.lead import clean_line, clean_name
from sheetcrm.core.followup.leaving import Leaving
from sheetcrm.core.followup.mime import Letter, compose
from sheetcrm.core.followup.rules import Sender
from tests.core.followup.letters import PDF, PNG, header_lines, letter, read
from tests.core.followup.world import SENDER

THEN = datetime(2026, 1, 1, tzinfo=UTC)
MACHINE = ("List-Unsubscribe", "References", "In-Reply-To", "Feedback-ID", "Message-ID", "Date")
HOSTILE = st.one_of(
    st.text(max_size=80),
    st.text("abc .\"\\,;:<>()[]@'=?_", max_size=100),
    st.sampled_from(
        [
            "Budi>, <evil@example.org",
            'Budi" <evil@example.org>, "x',
            "Budi\r\nBcc: evil@example.org",
            "=?utf-8?q?evil=40example.org?=",
            "Budi, evil@example.org",
            "(Budi) evil@example.org;",
            "Ñandú 名前 😀 👩‍👩‍👧",
            "名" * 120,
            "a" * 200,
            "ab, " * 40,
            '"' * 100,
        ]
    ),
)
BODY = st.text(st.characters(exclude_categories=["Cs"]), max_size=150) | st.text(
    " \t=.\n\r\0aF\u2028é", max_size=200
)
IDS = st.builds(
    "<{}@mail.example>".format, st.text("abcdefghij.-_0123456789", min_size=1, max_size=200)
)
URLS = st.text("abcdefghij/.-_~%?&=0123456789", min_size=1, max_size=200).map("https://a/{}".format)
FILES = st.lists(
    st.builds(
        Enclosure,
        name=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=90),
        media_type=st.sampled_from(["application/pdf", "image/png"]),
        data=st.binary(max_size=100),
    ),
    max_size=2,
).map(tuple)


@settings(max_examples=100, deadline=None)
@given(HOSTILE, HOSTILE, st.lists(IDS, max_size=14), URLS)
def test_names_subjects_and_headers_for_machines(name, subject, thread, url):
    to_name, line = clean_name(name), clean_line(subject, 200)
    way = Leaving(urls=(url, "mailto:halo@example.com?subject=x"), one_click=True)
    parts = {"to_name": to_name, "subject": line, "thread": tuple(thread), "way_out": way}
    raw = compose(letter(**parts), SENDER, THEN)
    message = read(raw)
    # Python's newer parser puts blanks between the encoded words of a long name, its older one not.
    (recipient,) = getaddresses([" ".join(header_lines(raw, "To")).removeprefix("To: ")])
    assert recipient[1] == "budi@example.com"
    assert str(make_header(decode_header(recipient[0]))) == to_name
    assert len(message["To"].addresses) == 1
    assert message["Subject"] == line
    assert not any(message[other] for other in ("Bcc", "Cc"))
    assert len(message.keys()) == (13 if thread else 11)
    assert " ".join(header_lines(raw, "List-Unsubscribe")).split() == [
        "List-Unsubscribe:",
        f"<{url}>,",
        "<mailto:halo@example.com?subject=x>",
    ]
    assert_lines(raw)


def assert_lines(raw: bytes) -> None:
    """No line is over 78 where it can be folded, none over 998, and all end as they must."""
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert raw.isascii()
    head, _, body = raw.partition(b"\r\n\r\n")
    for row in head.decode().split("\r\n"):
        assert len(row) <= 78 or len(row.split()) <= 1 + (row[0] != " "), row
        assert len(row) <= (76 if "=?utf-8?" in row else 998)
    assert all(len(row) <= 78 for row in body.split(b"\r\n") if b"filename" not in row)
    for name in MACHINE:
        if f"\r\n{name}:".encode() in raw:
            assert "=?utf-8?" not in "".join(header_lines(raw, name))


@settings(max_examples=50, deadline=None)
@given(BODY, BODY, FILES, FILES)
def test_texts_and_files(text, html, pictures, attachments):
    ours = letter(text=text, html=html, pictures=pictures, attachments=attachments)
    raw = compose(ours, SENDER, THEN)
    assert shape(read(raw)) == shape(read(by_python(ours, SENDER)))
    alternative = read(raw).get_payload(0) if attachments else read(raw)
    plain, rich = alternative.iter_parts()
    shown = next(rich.iter_parts()) if pictures else rich
    assert (said(plain), said(shown)) == (lines(text), lines(html))
    assert [found.get_content() for found in read(raw).iter_attachments()] == [
        file.data for file in attachments
    ]
    assert_lines(raw)


def by_python(ours: Letter, sender: Sender) -> bytes:
    """The same letter, built by `EmailMessage` alone."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(ours.to_name, addr_spec=ours.to_address)
    message["Subject"] = ours.subject
    message.set_content("-", cte="quoted-printable")
    message.add_alternative("-", subtype="html", cte="quoted-printable")
    for file in ours.pictures:
        rich = message.get_payload(1)
        main, _, sub = file.media_type.partition("/")
        rich.add_related(
            file.data, main, sub, filename=file.name, disposition="inline", cid=f"<{file.cid}>"
        )
    for file in ours.attachments:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.data, main, sub, filename=file.name)
    return message.as_bytes()


def shape(message: EmailMessage) -> list[tuple[object, ...]]:
    """What a mail program makes of the parts, apart from the texts."""
    return [
        (
            part.get_content_type(),
            part.get_content_charset(),
            part["Content-Transfer-Encoding"],
            part.get_content_disposition(),
            part.get_filename(),
            part["Content-ID"],
            None if part.get_content_maintype() in {"multipart", "text"} else part.get_content(),
        )
        for part in message.walk()
    ]


def said(part: EmailMessage) -> str:
    return part.get_payload(decode=True).decode().replace("\r\n", "\n")


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_message_with_everything():
    picture = Enclosure(name="logo.png", media_type="image/png", data=PNG)
    brochure = Enclosure(name="Brosur Año 2026.pdf", media_type="application/pdf", data=PDF)
    raw = compose(letter(pictures=(picture,), attachments=(brochure,)), SENDER, THEN)
    message = read(raw)
    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "multipart/related"),
        *("text/html", "image/png", "application/pdf"),
    ]
    assert message.get_body(("related",)).get_param("type") == "text/html"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "Brosur Año 2026.pdf"
    assert attached.get_content() == PDF
