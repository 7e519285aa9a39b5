"""Segments: what tells leads apart, and what each lead's groups are called."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sheetcrm.core.followup.lead import LeadView, clean_text
from sheetcrm.core.followup.rules import AXES, FollowUps
from sheetcrm.core.followup.signals import Signals
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import display
from sheetcrm.core.table.values import CellError

_PARTS = re.compile(r"\s*[,;/]\s*")


class Segments:
    """The groups of the leads of one source, on every axis that the team knows.

    Names are compared folded, so that ``jakarta`` and ``JAKARTA `` are one place. It is shown as
    most rows of the tab have it.
    """

    def __init__(
        self, rules: FollowUps, leads: Sequence[LeadView] = (), signals: Signals | None = None
    ) -> None:
        self.axes = (*AXES, *(rules.axis(name) for name in rules.axes))  #: the most important first
        self._more = self.axes[len(AXES) :]
        self._named = rules.segments
        self._signals = signals
        self._around = regions_around(rules)
        self._columns = {fold(name): name for name in leads[0].values} if leads else {}
        self._spelling = _spellings(leads)
        self._labels: dict[tuple[Any, ...], str] = {}
        self._within: dict[tuple[str, str], tuple[str, ...]] = {}

    def label(self, lead: LeadView) -> str:
        """What the lead's segment is called.

        Returns:
            The names of the groups that the lead is in (``jabodetabek-solar``), or
            ``Jakarta · solar, EV``, with the lead's values on the team's own axes behind, or ""
            for a lead of which nothing is known.
        """
        if self._named and (groups := self.groups(lead)):
            return ", ".join(groups)
        known: tuple[Any, ...] = (lead.location, lead.interests)
        if self._more:
            known += tuple(", ".join(self._values(lead, axis)) for axis in self._more)
        if known not in self._labels:
            self._labels[known] = self._label(*known)
        return self._labels[known]

    def names(self, lead: LeadView, axis: str) -> tuple[str, ...]:
        """What the lead goes by on one axis, folded, the most special name first.

        A place comes before its province, and that before the regions around it, the smaller ones
        first; interests come in the lead's order, named groups in the config's.
        """
        match axis:
            case "location":
                return self._places(lead)
            case "interest":
                return tuple(fold(interest) for interest in lead.interests)
            case "stage":
                return (fold(lead.stage),) if lead.stage else ()
            case "segment":
                return tuple(fold(name) for name in self.groups(lead))
        return tuple(fold(value) for value in self._values(lead, axis))

    def groups(self, lead: LeadView) -> list[str]:
        """The team's own groups that the lead is in."""
        if self._signals is None:
            return []
        answers = ((group.name, self._signals.of(group.when)) for group in self._named)
        return [name for name, answer in answers if answer[lead.number] is True]

    def spelled(self, name: str) -> str:
        """A place or an interest as most rows of the tab have it."""
        return self._spelling.get(fold(name), name)

    def _label(self, location: str, interests: Iterable[str], *more: str) -> str:
        named = ", ".join(self.spelled(interest) for interest in interests)
        shown = (clean_text(self.spelled(location), 60), clean_text(named, 120))
        return " · ".join(part for part in (*shown, *(clean_text(x, 60) for x in more)) if part)

    def _places(self, lead: LeadView) -> tuple[str, ...]:
        region = lead.values.get("region")
        known = (lead.location, region if isinstance(region, str) else "")
        if known not in self._within:
            self._within[known] = self._places_of(*known)
        return self._within[known]

    def _places_of(self, location: str, region: str) -> tuple[str, ...]:
        own = (location, *_PARTS.split(location), region)
        places = [fold(place) for place in own if place.strip()]
        around = {name: size for place in places for name, size in self._around.get(place, ())}
        return tuple(dict.fromkeys((*places, *sorted(around, key=around.__getitem__))))

    def _values(self, lead: LeadView, axis: str) -> list[str]:
        value = lead.values.get(self._columns.get(axis, axis))
        if value is None or isinstance(value, CellError):
            return []
        return [part.strip() for part in display(value).split(";") if part.strip()]


def regions_around(rules: FollowUps) -> Mapping[str, Sequence[tuple[str, int]]]:
    """Folded place → the regions that it lies in, each with how many places are in it."""
    inside = {
        fold(region.name): [rules.value("location", place) for place in region.places]
        for region in rules.regions
    }
    found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for region, own in inside.items():
        places = _all_places(own, inside)
        for place in places:
            found[place].append((region, len(places)))
    return found


def _all_places(places: Iterable[str], inside: Mapping[str, Sequence[str]]) -> set[str]:
    """The folded names of all that lies in a region, regions in it among them."""
    found: set[str] = set()
    open_ = list(places)
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += inside.get(name, ())
    return found


def _spellings(leads: Sequence[LeadView]) -> dict[str, str]:
    """Folded place or interest → its most usual spelling; of two, the first in the alphabet."""
    counts: Counter[str] = Counter()
    for (location, interests), count in Counter((x.location, x.interests) for x in leads).items():
        for name in (location, *interests):
            counts[name] += count
    best: dict[str, tuple[int, str]] = {}
    for name, count in counts.items():
        key = fold(name)
        best[key] = min(best.get(key, (0, "")), (-count, name))
    return {key: name for key, (_, name) in best.items()}
