"""The frameworks that come with sheetcrm: criteria, their order, and what to ask next.

A preset has no formulas, as those name the team's own columns; the config fills them in and
keeps everything else. The order of the criteria is the order in which a sales person asks.

========  =====  ==============================================  ==========================
name      needs  criteria                                        why that many
========  =====  ==============================================  ==========================
BANT      3/4    Budget, Authority, Need, Timing                 the usual reading: three of four
CHAMP     3/4    Challenge, Authority, Money, Priority           BANT's four, the problem first
FAINT     4/5    Funds, Authority, Interest, Need, Timing        one open point, as with BANT
ANUM      3/4    Authority (required), Need, Urgency, Money      who cannot decide cannot buy
GPCT      3/4    Goals, Plans, Challenges, Timeline              one open point, as with BANT
Prospect  3/3    Target market, Means, Authority                 a prospect is all three
========  =====  ==============================================  ==========================

Only BANT's threshold is common usage; the others are ours, and `needs` in the config changes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sheetcrm.core.qualify.rules import Criterion, Framework

_AUTHORITY = {
    "id": "Selain Bapak/Ibu, siapa lagi yang ikut memutuskan pembelian ini?",
    "es": "Además de usted, ¿quién más decide sobre esta compra?",
    "en": "Besides you, who else decides on this purchase?",
}
_MONEY = {
    "id": "Berapa anggaran yang sudah disiapkan untuk ini?",
    "es": "¿Qué presupuesto tienen previsto para esto?",
    "en": "What budget have you set aside for this?",
}
_MEANS = {
    "id": "Rencananya mau dibayar tunai, dicicil, atau lewat pembiayaan?",
    "es": "¿Piensan pagarlo al contado, a plazos o con financiamiento?",
    "en": "Would you pay at once, in instalments, or with financing?",
}
_NEED = {
    "id": "Kebutuhan apa yang paling ingin dipenuhi dengan ini?",
    "es": "¿Qué necesidad quisieran cubrir con esto?",
    "en": "What do you need this for most of all?",
}
_CHALLENGE = {
    "id": "Kendala apa yang paling mengganggu saat ini?",
    "es": "¿Cuál es la dificultad que más les preocupa hoy?",
    "en": "Which difficulty troubles you most at the moment?",
}
_PRIORITY = {
    "id": "Dibandingkan rencana lain tahun ini, seberapa penting yang satu ini?",
    "es": "Frente a sus otros planes de este año, ¿qué prioridad tiene este?",
    "en": "Next to your other plans for this year, how important is this one?",
}
_INTEREST = {
    "id": "Produk atau layanan kami yang mana yang paling menarik?",
    "es": "¿Cuál de nuestros productos o servicios les interesa más?",
    "en": "Which of our products or services interests you most?",
}
_TIMING = {
    "id": "Kapan rencananya ini mulai dipakai?",
    "es": "¿Para cuándo les gustaría tenerlo en marcha?",
    "en": "When would you like to have it up and running?",
}
_URGENCY = {
    "id": "Apa akibatnya kalau hal ini ditunda beberapa bulan lagi?",
    "es": "¿Qué pasaría si esto se pospone unos meses?",
    "en": "What happens if this waits a few more months?",
}
_GOALS = {
    "id": "Apa yang ingin dicapai dalam dua belas bulan ke depan?",
    "es": "¿Qué quisieran lograr en los próximos doce meses?",
    "en": "What would you like to achieve in the next twelve months?",
}
_PLANS = {
    "id": "Bagaimana rencana untuk mencapai tujuan itu?",
    "es": "¿Cómo piensan alcanzar ese objetivo?",
    "en": "How do you plan to reach that goal?",
}
_OBSTACLES = {
    "id": "Apa yang paling menghambat rencana itu?",
    "es": "¿Qué es lo que más dificulta ese plan?",
    "en": "What stands in the way of that plan?",
}
_TIMELINE = {
    "id": "Kapan tujuan itu harus sudah tercapai?",
    "es": "¿Para cuándo necesitan alcanzar ese objetivo?",
    "en": "By when do you need to reach that goal?",
}
_MARKET = {
    "id": "Boleh tahu usahanya bergerak di bidang apa dan di kota mana?",
    "es": "¿A qué se dedican y en qué ciudad están?",
    "en": "What line of work are you in, and in which city?",
}


def _framework(name: str, needs: int, *required: str, **questions: Mapping[str, str]) -> Framework:
    """A preset whose criteria are the keywords, ``_`` standing for a blank."""
    criteria = tuple(
        Criterion(name=key.replace("_", " "), formula="", questions=asked)
        for key, asked in questions.items()
    )
    return Framework(name=name, criteria=criteria, needs=needs, required=required)


_ALL = (
    _framework("BANT", 3, Budget=_MONEY, Authority=_AUTHORITY, Need=_NEED, Timing=_TIMING),
    _framework(
        "CHAMP", 3, Challenge=_CHALLENGE, Authority=_AUTHORITY, Money=_MONEY, Priority=_PRIORITY
    ),
    _framework(
        "FAINT",
        4,
        Funds=_MEANS,
        Authority=_AUTHORITY,
        Interest=_INTEREST,
        Need=_NEED,
        Timing=_TIMING,
    ),
    _framework(
        "ANUM", 3, "Authority", Authority=_AUTHORITY, Need=_NEED, Urgency=_URGENCY, Money=_MONEY
    ),
    _framework("GPCT", 3, Goals=_GOALS, Plans=_PLANS, Challenges=_OBSTACLES, Timeline=_TIMELINE),
    _framework("Prospect", 3, Target_market=_MARKET, Means=_MEANS, Authority=_AUTHORITY),
)

PRESETS: Mapping[str, Framework] = MappingProxyType({preset.name: preset for preset in _ALL})
"""Name → framework with empty formulas; names compare by `core.table.names.fold`."""
