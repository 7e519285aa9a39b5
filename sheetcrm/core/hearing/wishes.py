"""Who asks for no more mails: by the mail that the footer offers, or in words.

Words count only where they are all that is said: “stop” does, “stop by tomorrow” does not. What is
not understood here is still a reply, and stops what is being sent to that person anyway.
"""

from __future__ import annotations

import re

from sheetcrm.core.hearing.addresses import tagged
from sheetcrm.core.hearing.automatic import bare
from sheetcrm.core.hearing.decoding import one_line
from sheetcrm.core.hearing.mail import Mail

LINES_LIMIT = 12  #: lines from the top that are looked at
SIGNATURE_LINES = 3  #: under a subject that says it all, such as “sent from my phone”
LINE_LENGTH = 120  #: characters; who writes more than that says something else, too

_BY_MAIL = re.compile(r"\bunsubscribe[\s:+_-]+([a-z2-7]{16})(?![a-z0-9])")
_LEAVES = frozenset(("unsub", "unsubscribe", "leave", "berhenti", "baja"))
_WORD = re.compile(r"[^\W_]+")
_REPLY = re.compile(r"^(?:(?:re|rv|bls|balas|fw|fwd|aw)\s*:\s*)+")
_QUOTED = re.compile(r"\s*(?:>|-{3,}|--\s*$|_{5,}|(?:from|de|dari)\s*:)", re.IGNORECASE)
_ATTRIBUTION = re.compile(r":\s*$")

_POLITE = """
    please pls plz kindly just now thanks thank you thx hi hello hey dear sir madam
    tolong mohon harap dong ya saja terima kasih makasih pak bapak bu ibu kak mas mbak min halo hai
    por favor gracias muchas hola buenas buenos dias tardes estimado estimada estimados senor senora
"""
_PHRASES = """
    stop; stop it; stop email; stop emails; stop mails; stop mailing; stop mailing me
    stop emailing; stop emailing me; stop writing; stop writing me; stop writing to me
    stop contacting me; stop sending; stop sending me emails; stop sending me mails
    stop sending emails; stop sending me e mails; stop sending these emails; stop all
    stop sending me these emails; stop spamming me; unsubscribe; unsubscribe me; unsub; unsubscribed
    unsubscribe me from this list; unsubscribe me from your list; unsubscribe from this list
    i want to unsubscribe; i would like to unsubscribe; i d like to unsubscribe; opt out; optout
    i want to opt out; opt me out; remove; remove me; remove me from this list
    remove me from your list; remove me from your mailing list; remove me from the list
    remove my email; remove my email address; remove my address; take me off; take me off this list
    take me off your list; take me off your mailing list; take me off the list
    no more emails; no more e mails; no more mails; do not email me; don t email me; dont email me
    do not email me again; don t email me again; dont email me again; do not contact me
    don t contact me; dont contact me; do not contact me again; don t contact me again
    do not write to me again; don t write to me again; leave me alone

    berhenti; berhenti berlangganan; saya mau berhenti; saya ingin berhenti; berhentikan
    saya mau berhenti berlangganan; saya ingin berhenti berlangganan; berhenti mengirim email
    berhenti kirim email; berhenti mengirim saya email; berhenti mengirimi saya email
    berhenti menerima email; saya ingin berhenti menerima email; stop kirim email; stop kirim
    stop kirim email lagi; stop email lagi; stop mengirim email; jangan kirim lagi
    jangan kirim email; jangan kirim email lagi; jangan kirim email ke saya lagi
    jangan kirimi saya email; jangan kirimi saya email lagi; jangan mengirim email lagi
    jangan email saya; jangan email saya lagi; jangan email lagi; jangan hubungi saya
    jangan hubungi saya lagi; jangan dikirim lagi; tidak usah kirim lagi
    tidak usah kirim email lagi; hapus; hapus saya; hapus saya dari daftar
    hapus saya dari daftar ini; hapus email saya; hapus email saya dari daftar
    hapus alamat saya; hapus alamat email saya; hapus data saya
    hapus nama saya dari daftar; keluarkan saya; keluarkan saya dari daftar
    keluarkan email saya dari daftar; batal berlangganan; saya tidak mau menerima email lagi
    saya tidak ingin menerima email lagi; tidak mau menerima email lagi; tidak mau terima email lagi

    baja; dar de baja; darme de baja; darse de baja; de baja; dame de baja; deme de baja
    denme de baja; quiero darme de baja; quisiera darme de baja; deseo darme de baja
    me quiero dar de baja; me gustaria darme de baja; solicito la baja; solicito mi baja; la baja
    quiero la baja; darme de baja de la lista; denme de baja de la lista; dar de baja mi correo
    borrarme; borrarme de la lista; borreme de la lista; borrenme de la lista; borrame de la lista
    quitarme de la lista; quiteme de la lista; quitenme de la lista; eliminarme de la lista
    eliminenme de la lista; eliminar suscripcion; cancelar suscripcion; cancelar la suscripcion
    cancelar mi suscripcion; anular suscripcion; desuscribir; desuscribirme; desuscribirse
    no mas correos; no mas emails; no mas mails; no enviar mas; no enviar mas correos
    no me envien mas correos; no me envie mas correos; no me envies mas correos
    no me envien mas; no me envie mas; no me envien mas emails; no me manden mas correos
    no me mande mas correos; no me mandes mas correos; no me manden mas; no me escriban mas
    no me escriba mas; no me escribas mas; no me contacten mas; no me contacte mas
    no quiero recibir mas correos; no quiero recibir mas emails; no quiero recibir mas mails
    no quiero mas correos; no deseo recibir mas correos; dejen de escribirme; deje de escribirme
    dejen de enviarme correos; deje de enviarme correos; deja de escribirme; basta
"""
_SAID_TO_ALL = frozenset(_POLITE.split())
_WISHES = frozenset(
    tuple(word for word in phrase.split() if word not in _SAID_TO_ALL)
    for line in _PHRASES.splitlines()
    for phrase in line.split(";")
    if phrase.strip()
)


def leaving_token(mail: Mail) -> str:
    """The token of a mail that our footer's link made ready, "" for none.

    It has the token in its subject, or in the address that it went to.
    """
    found = _BY_MAIL.search(mail.headers.get("subject").lower())
    if found:
        return found[1]
    to = tagged(mail.headers.all("to", "delivered-to", "x-original-to"))
    return next((token for name, token in to if name in _LEAVES), "")


def asks_to_leave(mail: Mail) -> bool:
    """Whether somebody says, in so many words, to want no more mails."""
    lines = own_lines(mail)
    first = next((words for line in lines if (words := _words(line))), ())
    if first in _WISHES:
        return True
    subject = bare(mail.headers.get("subject"))
    asked = not _REPLY.match(subject) and _words(subject) in _WISHES
    return asked and len(lines) <= SIGNATURE_LINES


def own_lines(mail: Mail) -> list[str]:
    """What the writer has written on top, without what is quoted."""
    part = mail.part("text/plain") or mail.part("text/html")
    if part is None:
        return []
    text = part.text()
    if not text.strip() and (page := mail.part("text/html")):
        text = page.text()
    lines: list[str] = []
    for line in text.splitlines():
        if _QUOTED.match(line):
            break
        if line.strip():
            lines.append(one_line(line))
        if len(lines) == LINES_LIMIT:
            break
    if lines and _ATTRIBUTION.search(lines[-1]) and len(lines) > 1:
        lines.pop()
    return lines


def _words(line: str) -> tuple[str, ...]:
    if len(line) > LINE_LENGTH:
        return ("…",)
    return tuple(word for word in _WORD.findall(bare(line)) if word not in _SAID_TO_ALL)
