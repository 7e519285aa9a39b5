"""Who is one person: one address, or one phone number and one name.

A phone number alone proves nothing: colleagues share the one of their office, and a family one
line. Somebody with two addresses, though, has the same name in both rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.memory import MessageRecord
from sheetcrm.core.table.names import fold


def mark(phone: str, name: str) -> str:
    """What a person goes by beside an address, or "" where phone or name is missing."""
    return f"{phone}|{fold(name)}" if phone and name.strip() else ""


def several_addresses(
    leads: Sequence[LeadView], messages: Sequence[MessageRecord]
) -> Mapping[str, str]:
    """Address → the one that stands for the person; only of persons who have several.

    Args:
        leads: of one source.
        messages: to persons who may be the same, from whichever source.
    """
    by_phone: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    counts = Counter(lead.phone for lead in leads)
    wanted = {phone for phone, count in counts.items() if count > 1}
    wanted.update(message.phone for message in messages)
    wanted.discard("")
    for lead in leads if wanted else ():  # most tabs have each number once
        if lead.phone in wanted and lead.email:
            by_phone[lead.phone].add((lead.email, lead.name))
    for message in messages:
        if message.phone:
            by_phone[message.phone].add((message.person, message.to_name))
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for phone, known in by_phone.items():
        if len(known) > 1:
            for address, name in known:
                if person := mark(phone, name):
                    groups[person].add(address)
    return _joined([sorted(group) for group in groups.values() if len(group) > 1])


def _joined(groups: Sequence[Sequence[str]]) -> dict[str, str]:
    """Each address with the first one of all that hang together with it."""
    first: dict[str, str] = {}

    def root(address: str) -> str:
        while first.setdefault(address, address) != address:
            address = first[address]
        return address

    for group in groups:
        for address in group[1:]:
            low, high = sorted((root(group[0]), root(address)))
            first[high] = low
    return {address: root(address) for address in list(first)}
