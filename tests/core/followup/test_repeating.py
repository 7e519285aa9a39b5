"""What a message that a person wants once more is among those of its sequence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sheetcrm.core.followup.history import Person
from sheetcrm.core.followup.rules import Sequence, Step
from sheetcrm.core.memory import MessageRecord

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def message(generation: str, state: str = "sent", *, days: int = 0, step: int = 1) -> MessageRecord:
    return MessageRecord(
        key=f"sari@example.com|birthday|{step}|{generation}",
        lead="L1",
        person="sari@example.com",
        sequence="birthday",
        step=step,
        state=state,
        message_id=f"<{generation}@example.com>",
        subject="Halo",
        created_at=AT + timedelta(days=days),
    )


def sequence(**parts) -> Sequence:
    return Sequence(name="birthday", steps=(Step(template="01"), Step(template="02")), **parts)


def test_this_years_birthday_once_more_is_not_next_years() -> None:
    yearly = sequence(yearly_on="=[@Birthday]")
    again = message("2026+1", "draft", days=3)
    person = Person(messages=(message("2025", days=-365), message("2026"), again))
    assert person.of(yearly, "2026") == [again]
    assert person.of(yearly, "2026+1") == [again]
    assert person.of(yearly, "2027") == []


def test_it_begins_no_sequence_anew_however_late_it_comes() -> None:
    first, second = message("1"), message("1", step=2, days=3)
    again = message("1+1", days=400)
    person = Person(messages=(first, second, again))
    assert person.of(sequence(again_days=90)) == [again, second]
    assert person.newest_generation(sequence(again_days=90)) == 1
    assert Person(messages=(first, message("2", days=400))).newest_generation(sequence()) == 2


@pytest.mark.parametrize("state", ["skipped", "cancelled", "expired"])
def test_one_that_never_went_leaves_the_one_before_it(state: str) -> None:
    person = Person(messages=(message("1"), message("1+1", state, days=3)))
    assert person.of(sequence()) == [message("1")]


def test_how_it_is_called() -> None:
    assert message("1").called == "birthday step 1"
    assert message("2026+2", step=2).called == "birthday step 2, once more"
