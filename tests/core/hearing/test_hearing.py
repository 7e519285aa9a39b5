from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.hearing.hearing import Clue, Heard, How, Kind, hear
from sheetcrm.core.hearing.mail import SIZE_LIMIT
from tests.core.hearing import mails
from tests.core.hearing.mails import LEAD, OURS, SENDER, TOKEN, answer, bounce, mail, report

THREAD = Clue(how=How.THREAD, token=TOKEN, message_id=OURS)
BY_ADDRESS = Clue(how=How.ADDRESS, address=LEAD)


def test_a_reply_names_the_message_that_it_answers():
    heard = hear(answer("Berapa harganya?\n\nPada 22 Nov 2026, Surya menulis:\n> Halo Budi"))
    assert heard == Heard(
        id=heard.id,
        kind=Kind.REPLIED,
        clues=(THREAD, BY_ADDRESS),
        sender=LEAD,
        subject="Re: Panel surya",
        said="Berapa harganya?",
    )


def test_the_newest_message_of_a_thread_comes_first():
    chain = "<sc.aaaaaaaaaaaaaaaa@x.example> <other@y.example> <sc.bbbbbbbbbbbbbbbb@x.example>"
    heard = hear(mail(References=chain))
    assert [clue.token for clue in heard.clues] == ["b" * 16, "", "a" * 16, ""]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Panel surya"},
        {"X_Auto_Response_Suppress": "All"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"Subject": "Automatic reply: Panel surya"},
        {"Subject": "Out of Office: back on Monday"},
        {"Subject": "Respuesta automática: Panel surya"},
        {"Subject": "=?utf-8?q?Respuesta_autom=C3=A1tica=3A_Panel?="},
        {"Subject": "Fuera de la oficina"},
        {"Subject": "Balasan otomatis: Panel surya"},
        {"Subject": "Sedang cuti sampai Senin"},
        {"Subject": "Cuti"},
    ],
)
def test_a_machine_answered(headers):
    heard = hear(answer("Saya akan kembali hari Senin.", **headers))
    assert heard.kind is Kind.AUTO_REPLY
    assert heard.clues[0] == THREAD


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Subject": "Re: Out of office"},
        {"Subject": "Cuti bersama: apakah buka?"},
        {"Subject": "Outing kantor"},
        {"Precedence": "first-class"},
        {"Return_Path": f"<{LEAD}>"},
    ],
)
def test_a_person_answered(headers):
    assert hear(answer("Boleh minta brosurnya?", **headers)).kind is Kind.REPLIED


@pytest.mark.parametrize(
    "said",
    [
        *(
            "STOP",
            "stop.",
            "Stop emailing me!",
            "Please unsubscribe me",
            "unsubscribe",
            "Remove me",
        ),
        *("Hi,\nplease take me off your list.\nThanks", "Don’t contact me again", "*STOP*"),
        *("BERHENTI", "Berhenti berlangganan", "Mohon jangan kirim email lagi ya, terima kasih"),
        *("Tolong hapus saya dari daftar", "jangan hubungi saya lagi!!", "stop kirim email pak"),
        *("BAJA", "Baja, por favor.", "Quiero darme de baja", "No me envíen más correos, gracias"),
        *("Cancelar suscripción", "¡No quiero recibir más correos!", "Por favor, denme de baja"),
        "STOP\n\nSent from my phone",
        "BAJA\n\nEl lun, 23 nov 2026, Surya <halo@surya.example> escribió:\n> Hola",
    ],
)
def test_somebody_wants_no_more(said):
    assert hear(answer(said)).kind is Kind.UNSUBSCRIBED


@pytest.mark.parametrize(
    "said",
    [
        *("Stop by tomorrow at 9", "Can you stop the meter remotely?", "Don't stop now"),
        *("Non-stop, please", "Is it possible to unsubscribe later?", "How do I remove the panel?"),
        *(
            "Kapan berhenti promonya?",
            "Saya berhenti kerja bulan depan",
            "Jangan kirim hari Minggu",
        ),
        *("¿Baja el precio en diciembre?", "La factura baja mucho", "No quiero el modelo grande"),
        *("Basta con el presupuesto", "Halo", "> STOP", "Saya tertarik\n\n> BERHENTI", ""),
    ],
)
def test_words_that_only_look_like_it_are_a_reply(said):
    assert hear(answer(said)).kind is Kind.REPLIED


def test_the_link_in_the_footer_makes_a_mail_that_is_known_by_its_token():
    by_subject = mail("", Subject=f"unsubscribe {TOKEN}", Auto_Submitted="auto-generated")
    by_address = mail("", Subject="", To=f"unsub+{TOKEN}@surya.example")
    for raw in (by_subject, by_address):
        heard = hear(raw, ours=[SENDER])
        assert heard.kind is Kind.UNSUBSCRIBED
        assert heard.clues[0] == Clue(how=How.LINK, token=TOKEN)


@pytest.mark.parametrize("subject", ["STOP", "Unsubscribe", "Baja por favor", "berhenti"])
def test_a_subject_that_says_it_all(subject):
    assert hear(mail("Dikirim dari ponsel", Subject=subject)).kind is Kind.UNSUBSCRIBED
    assert hear(answer("Saya tertarik", Subject=f"Re: {subject}")).kind is Kind.REPLIED


def test_our_own_mail_is_no_reply():
    assert hear(answer(From=f"Surya <{SENDER.upper()}>"), ours=[SENDER]).kind is Kind.OURS
    assert hear(mail(Message_ID=OURS)).kind is Kind.OURS
    assert hear(answer(From="Rekan <lain@surya.example>"), ours=[SENDER]).kind is Kind.REPLIED


def test_a_name_that_looks_like_our_address_fools_nobody():
    raw = answer(From=f'"{SENDER}" <{LEAD}>')
    assert hear(raw, ours=[SENDER]).sender == LEAD


@pytest.mark.parametrize(
    ("said", "kind"),
    [("abuse", Kind.COMPLAINED), ("fraud", Kind.COMPLAINED), ("not-spam", Kind.ARRIVED)],
)
def test_a_complaint_that_a_provider_passes_on(said, kind):
    raw = report(
        *(f"Feedback-Type: {said}", "User-Agent: Provider/1.0", "Version: 1"),
        f"Original-Rcpt-To: {LEAD}",
        kind="feedback-report",
    ).replace(b"Reporting-MTA: dns; mx.example\r\n", b"")
    raw = raw.replace(b"Arrival-Date: Sun, 22 Nov 2026 09:00:00 +0700 (WIB)\r\n\r\n", b"")
    heard = hear(raw)
    assert heard.kind is kind
    assert heard.clues[0] == Clue(how=How.ORIGINAL, token=TOKEN, message_id=OURS)


def test_a_receipt_says_that_it_was_read():
    raw = report(
        "Disposition: manual-action/MDN-sent-manually; displayed", kind="disposition-notification"
    )
    assert hear(raw).kind is Kind.ARRIVED


def test_a_mail_of_html_only():
    page = (
        "<html><head><style>p{}</style><title>x</title></head><body><div>Hola,<br>quiero darme"
        "\nde&nbsp;baja</div><blockquote>Darse de baja: STOP</blockquote></body></html>"
    )
    heard = hear(answer(page, Content_Type='text/html; charset="utf-8"'))
    assert (heard.kind, heard.said) == (Kind.UNSUBSCRIBED, "Hola, quiero darme de baja")


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "base64"), ("iso-8859-1", "quoted-printable"), ("windows-1252", "8bit")],
)
def test_any_encoding_of_a_text(charset, encoding):
    data = "No me envíen más correos".encode(charset)
    coded = {"base64": base64.b64encode, "quoted-printable": quopri.encodestring}
    head = answer(
        "", Content_Type=f"text/plain; charset={charset}", Content_Transfer_Encoding=encoding
    )
    assert hear(head + coded.get(encoding, bytes)(data)).kind is Kind.UNSUBSCRIBED


def test_a_mail_has_one_id_however_often_it_is_heard():
    one = hear(answer("Halo", Message_ID="<1@toko.example>")).id
    assert one == hear(answer("Halo, lagi", Message_ID="<1@toko.example>")).id
    without = [hear(raw).id for raw in (answer("Halo"), answer("Hai"), answer("Halo", To="x"))]
    assert len({one, *without}) == 4
    assert without[0] == hear(answer("Halo")).id


def test_only_the_beginning_of_a_large_mail_is_looked_at():
    raw = answer("Halo\n" + "x" * 2 * SIZE_LIMIT)
    assert hear(raw) == hear(raw[:SIZE_LIMIT])


SEEDS = (
    answer("STOP"),
    bounce("5.1.1"),
    bounce("4.2.2", to=f"bounce+{TOKEN}@surya.example"),
    report("Feedback-Type: abuse", kind="feedback-report"),
    mail(mails.LEAD, From="MAILER-DAEMON@mx.example", Subject="failure notice"),
    answer("<p>Hola", Content_Type="text/html; charset=utf-16"),
    answer("SGFsbw", Content_Type="text/plain; charset=x", Content_Transfer_Encoding="base64"),
)
PIECES = st.sampled_from(
    [
        *(b"\r\n", b"\n", b"\r", b"\0", b"\xff\xfe", b"=?utf-8?b?", b"?=", b'"', b"\\", b"<", b">"),
        *(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n", b"--a\n", b"--a--\n"),
        *(b"Content-Type: message/delivery-status\n\n", b"Content-Transfer-Encoding: base64\n"),
        *(b"Status: 5.", b"Action: failed\n", b"=3D=\n", b"=", b"&#x110000;", b"&#", b"<style"),
        *(b"charset=utf-7", b"charset=idna", b"charset=\xe9", b"In-Reply-To: <", b"\xed\xa0\x80"),
    ]
)


@st.composite
def broken(draw):
    """A mail with pieces cut out, put in and repeated."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(raw)))
        end = draw(st.integers(start, min(len(raw), start + 80)))
        raw = raw[:start] + draw(PIECES) * draw(st.integers(0, 40)) + raw[end:]
    return raw


@settings(max_examples=300)
@given(st.one_of(broken(), st.binary(max_size=400), st.lists(PIECES, max_size=30).map(b"".join)))
def test_any_bytes_are_heard(raw):
    heard = hear(raw, ours=[SENDER])
    assert heard.kind in Kind
    for text in (heard.sender, heard.subject, heard.said, heard.status):
        assert len(text) <= 330
        text.encode()
    assert not any(char in heard.subject + heard.said for char in "\r\n\0")
    assert all(clue.token or clue.message_id or clue.address for clue in heard.clues)
    ranks = [list(How).index(clue.how) for clue in heard.clues]
    assert ranks == sorted(ranks) or heard.kind not in {Kind.REPLIED, Kind.AUTO_REPLY}


@pytest.mark.parametrize(
    "raw",
    [
        b"From: " + b'"\\' * 100_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 9_000,
        b"Content-Type: text/html\n\n" + b"<style>" * 70_000,
        b"References: " + b"<a@b> " * 80_000,
        b"From: mailer-daemon@x\nSubject: undelivered\n\n" + b"a@b.c 550 5.1.1\n" * 30_000,
        b"From: " + b"a@" * 80_000 + b"\nTo: " + b"a" * 200_000,
        b"Content-Type: message/delivery-status\n\n" + b"Action: x\n\n" * 45_000,
        b"\n" * 500_000,
    ],
)
def test_hostile_mails_take_no_time(raw):
    import time

    before = time.process_time()
    hear(raw)
    assert time.process_time() - before < 2
