"""Activities: dated visits, calls and demos of a tab of their own, and whose they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sheetcrm.core.table.emails import email_reader
from sheetcrm.core.table.fields import Field, FieldType, Locale
from sheetcrm.core.table.leads import Leads, read_leads
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.phones import phone_reader
from sheetcrm.core.table.values import CellError, CellValue, Problem, Severity, Tab

_KINDS = {
    "visit": (
        *("visits", "site visit", "meeting", "met", "kunjungan", "visit lokasi", "survei"),
        *("survey", "bertemu", "ketemu", "rapat", "visita", "visitas", "reunión", "cita"),
        *("visita guiada", "visita de obra", "visita a casa muestra", "casa muestra", "recorrido"),
    ),
    "call": (
        *("calls", "phone call", "phone", "called", "telepon", "telpon", "panggilan", "telp"),
        *("menelepon", "ditelepon", "llamada", "llamadas", "teléfono", "llamó", "llamado"),
    ),
    "demo": (
        *("demos", "demonstration", "product demo", "demonstrasi", "peragaan", "presentasi"),
        *("presentation", "demostración", "demostraciones", "presentación"),
    ),
    "email": (
        *("mail", "emails", "surel", "kirim email", "correo", "correo electrónico"),
        *("correos",),
    ),
    "message": (
        *("messages", "WhatsApp", "WA", "chat", "SMS", "DM", "pesan", "mensaje", "mensajes"),
        *("Telegram", "Instagram", "Facebook"),
    ),
    "webinar": ("webinars", "online event", "seminar", "seminar online", "seminario", "taller"),
    "event": (
        *("events", "expo", "fair", "trade fair", "exhibition", "pameran", "acara", "feria"),
        *("evento", "exposición"),
    ),
    "quote": (
        *("quotes", "quotation", "offer", "proposal", "penawaran", "proposal harga"),
        *("cotización", "presupuesto", "oferta", "propuesta"),
    ),
    "purchase": (
        *("purchases", "order", "sale", "sold", "bought", "pembelian", "beli", "order masuk"),
        *("pesanan", "transaksi", "compra", "compras", "pedido", "venta"),
    ),
    "reply": ("replies", "replied", "answer", "balasan", "dibalas", "respuesta", "respondió"),
    "note": ("notes", "comment", "catatan", "nota", "notas", "comentario"),
}


def _headers(text: str) -> tuple[str, ...]:
    return tuple(header.strip() for header in text.split("·"))


FIELDS: tuple[Field, ...] = (
    Field(
        name="date",
        type=FieldType.DATE,
        headers=_headers(
            "Date · Day · When · Activity date · Visit date · Call date · Timestamp · Tanggal · "
            "Tgl · Hari/tanggal · Waktu · Tanggal kunjungan · Tanggal aktivitas · Tgl aktivitas · "
            "Tanggal kegiatan · Fecha · Día · Fecha de la visita · Fecha de actividad · Cuándo"
        ),
    ),
    Field(
        name="kind",
        aliases=_KINDS,
        headers=_headers(
            "Activity · Activity type · Type · Kind · What · Event · Channel · Aktivitas · "
            "Jenis aktivitas · Kegiatan · Jenis kegiatan · Jenis · Tipe · Actividad · "
            "Tipo de actividad · Tipo · Evento · Canal"
        ),
    ),
    Field(
        name="lead",
        headers=_headers("Lead ID · Lead · ID · ID Lead · ID del lead · Contact ID · Customer ID"),
    ),
    Field(
        name="email",
        type=FieldType.EMAIL,
        headers=_headers(
            "Email · Email address · Mail · Surel · Alamat email · Correo · Correo electrónico"
        ),
    ),
    Field(
        name="phone",
        type=FieldType.PHONE,
        headers=_headers(
            "Phone · Phone number · Mobile · Telephone · WhatsApp · No. HP · Nomor HP · HP · "
            "No. WA · Nomor WA · WA · Telepon · No. Telepon · Teléfono · Móvil · Celular"
        ),
    ),
    Field(
        name="name",
        headers=_headers(
            "Name · Lead name · Contact · Customer · Client · Nama · Nama lead · Nama pelanggan · "
            "Pelanggan · Nombre · Contacto · Cliente"
        ),
    ),
    Field(
        name="by",
        headers=_headers(
            "By · Who · Salesperson · Sales · Sales rep · Owner · Done by · PIC · Oleh · "
            "Nama sales · Petugas · Penanggung jawab · Por · Vendedor · Responsable · Asesor · "
            "Comercial · Quién"
        ),
    ),
    Field(
        name="note",
        headers=_headers(
            "Note · Notes · Result · Outcome · Comment · Comments · Remarks · Catatan · "
            "Keterangan · Hasil · Komentar · Nota · Notas · Resultado · Comentario · "
            "Comentarios · Observaciones"
        ),
    ),
)
"""What a tab of activities may have, with the headers in three languages."""

PERSON = ("lead", "email", "phone")
"""The fields that say whose an activity is, the surest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """One row of a tab of activities."""

    at: date | datetime
    kind: str  #: in the words of `_KINDS` where it is one of them: ``visit``
    tab: str  #: what the config calls the tab
    row: int  #: the sheet's row number
    lead: str = ""  #: what the id cell says
    email: str = ""
    phone: str = ""
    name: str = ""
    by: str = ""  #: the sales person
    note: str = ""

    @property
    def day(self) -> date:
        """When it was, without the time."""
        return self.at.date() if isinstance(self.at, datetime) else self.at


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityTab:
    """What was read of one tab of activities."""

    activities: Sequence[Activity]
    problems: Sequence[Problem] = ()
    lacking: str = ""  #: what it must have and has not, in words; then it has no activities
    name: str = ""  #: what the config calls the tab
    title: str = ""
    letters: Mapping[str, str] = field(default_factory=dict)  #: field → letter of its column


def fields_of(headers: Mapping[str, Sequence[str]]) -> list[Field]:
    """The fields of a tab of activities, the team's own headers before the usual ones."""
    return [
        replace(field, headers=(*headers.get(field.name, ()), *field.headers)) for field in FIELDS
    ]


def known_kind(text: str) -> str:
    """What a kind is called here, whichever of the three languages it is given in."""
    return _SPELLINGS.get(fold(text), text.strip())


def is_known_kind(text: str) -> bool:
    """Whether it is one of the kinds that are known here, in any of the three languages."""
    return fold(text) in _SPELLINGS


def read_activities(
    tab: Tab, locale: Locale, *, kind: str = "", headers: Mapping[str, Sequence[str]]
) -> ActivityTab:
    """The activities of a tab; a row without a date that can be read is told of and left out.

    Args:
        tab: what was read.
        locale: how the team writes dates and phone numbers.
        kind: what all of them are, where the tab does not say.
        headers: field → headers of the team's own.
    """
    found = read_leads(tab, fields_of(headers), locale)
    lacking = _lacking(found, kind)
    if lacking:
        return ActivityTab(activities=(), lacking=lacking)
    activities = []
    problems = [p for p in found.problems if p.severity is not Severity.NOTE]
    dates = found.columns["date"]
    persons = _in_id_cells(found, locale)
    for index, (at, row) in enumerate(zip(dates, tab.rows, strict=True)):
        if isinstance(at, date):
            activities.append(_activity(found, index, at, kind, persons[index]))
        elif at is None:
            problems.append(_undated(tab, found, index, row))
    columns = {name: tab.column(header) for name, header in found.found.items()}
    return ActivityTab(
        activities=activities,
        problems=problems,
        name=tab.source,
        title=tab.title,
        letters={name: column.letter for name, column in columns.items() if column},
    )


def whose(
    activities: Sequence[Activity], leads: Leads, ids: Sequence[str]
) -> list[tuple[Activity, int]]:
    """Each activity with the index of its lead; one for each row of a person who has several.

    The lead's id settles it; else the e-mail address, else the phone number, after cleaning.
    """
    by_id = {lead.casefold(): [index] for index, lead in enumerate(ids)}
    by_email, by_phone = _places(leads, "email"), _places(leads, "phone")
    return [
        (activity, index)
        for activity in activities
        for index in (
            by_id.get(activity.lead.casefold())
            or by_email.get(activity.email)
            or by_phone.get(activity.phone)
            or ()
        )
    ]


def _lacking(found: Leads, kind: str) -> str:
    if "date" not in found.found:
        return "no column of dates"
    if "kind" not in found.found and not kind:
        return 'no column that says what it was, and no kind = "visit" or the like in the config'
    if not any(name in found.found for name in PERSON):
        return "no column that says whose it was: an id of a lead, an e-mail address or a phone"
    return ""


def _in_id_cells(found: Leads, locale: Locale) -> list[tuple[str, str]]:
    """The e-mail address and the phone number that stand in each row's cell of the lead's id.

    One column often holds all three: whatever the team had at hand.
    """
    email, phone = email_reader(), phone_reader(locale)
    persons = []
    for index in range(found.height):
        cell = found.text("lead", index)
        if "@" in cell:
            persons.append((_readable(email(cell).value), ""))
        elif cell and not any(map(str.isalpha, cell)):
            persons.append(("", _readable(phone(cell).value)))
        else:
            persons.append(("", ""))
    return persons


def _readable(value: CellValue) -> str:
    return value if isinstance(value, str) else ""


def _activity(found: Leads, index: int, at: date, kind: str, person: tuple[str, str]) -> Activity:
    def text(name: str) -> str:
        return found.text(name, index)

    return Activity(
        at=at,
        kind=text("kind") or known_kind(kind),
        tab=found.tab.source,
        row=found.tab.rows[index],
        lead=text("lead"),
        email=text("email") or person[0],
        phone=text("phone") or person[1],
        name=text("name"),
        by=text("by"),
        note=text("note"),
    )


def _undated(tab: Tab, found: Leads, index: int, row: int) -> Problem:
    return Problem(
        message="an activity without a date counts for nothing",
        source=tab.source,
        tab=tab.title,
        cell=found.address("date", index),
        row=row,
        hint="write the day on which it was",
    )


def _places(leads: Leads, field: str) -> dict[str, list[int]]:
    """Value of a field → the leads that have it."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, value in enumerate(leads.columns.get(field, ())):
        if value is not None and not isinstance(value, CellError):
            places[str(value)].append(index)
    return places


_SPELLINGS = {
    fold(spelling): kind for kind, others in _KINDS.items() for spelling in (kind, *others)
}
