"""What the ledger is to remember of each lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetcrm.core.memory import LeadRecord
from sheetcrm.core.qualify import Qualified
from sheetcrm.engine.views import languages, texts

if TYPE_CHECKING:
    from sheetcrm.engine.reading import Reading


def lead_records(reading: Reading, qualified: Qualified) -> list[LeadRecord]:
    """What the ledger remembers of each lead."""
    leads, identities = reading.leads, reading.identities
    names, emails, phones = (texts(leads, field) for field in ("name", "email", "phone"))
    spoken = languages(leads)
    return [
        LeadRecord(
            lead=lead,
            fingerprint=identities.fingerprints[i],
            row=leads.tab.rows[i],
            name=names[i],
            email=emails[i],
            phone=phones[i],
            language=spoken[i],
            score=qualified.total[i],
            scores={name: values[i] for name, values in qualified.scores.items()},
            stage=qualified.stages[i],
            why=qualified.why[i],
        )
        for i, lead in enumerate(identities.ids)
    ]
