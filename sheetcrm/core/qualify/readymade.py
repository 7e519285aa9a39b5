"""Rules that are ready to use: what most teams ask of a lead, with words in three languages.

A team names one (``use = "authority"``) and may give it another name and other points. Formulas
read the fields that sheetcrm knows by their usual headers; the words that they look for are
parameters, so that a team's own list of that name takes the place of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sheetcrm.core.qualify.rules import ParameterValue, ScoreRule
from sheetcrm.core.table.language import base_language


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyMade:
    """One rule: its name in each language, its formula, and the parameters that it reads."""

    names: Mapping[str, str]  #: language → what it is called in Why
    when: str
    points: float
    needs: tuple[str, ...] = ()  #: parameters that only the team can know
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: parameters we know

    def rule(self, language: str) -> ScoreRule:
        """The rule under its name in a language tag, English where there is none."""
        name = self.names.get(base_language(language), self.names["en"])
        return ScoreRule(name=name, points=self.points, when=self.when)


def _said(*words: str) -> tuple[str, ...]:
    """Words of several languages, given as lines, each once."""
    return tuple(dict.fromkeys(word.strip() for line in words for word in line.split(" · ")))


_DECIDERS = _said(
    "owner · founder · co-founder · CEO · president · director · partner",
    "pemilik · pendiri · direktur · dirut · komisaris · pimpinan",
    "dueño · dueña · propietario · propietaria · fundador · fundadora · directora · gerente",
)
_OPENS = _said(
    "open · opens · opened",
    "buka · membuka · dibuka",
    "abre · abrió · abierto · apertura",
)
_READS = _said(
    "read · reads · click · clicked · visited · downloaded · webinar · subscribed",
    "baca · membaca · dibaca · klik · mengeklik · mengunjungi · mengunduh · unduh · berlangganan",
    "lee · leyó · leído · clic · visitó · descargó · seminario · suscrito · suscribió",
)
_PRICE = _said(
    "price · prices · pricing · cost · how much",
    "harga · biaya · tarif · berapa",
    "precio · precios · costo · coste · tarifa · cuánto cuesta",
)
_CATALOGUE = _said("catalogue · catalog · brochure", "katalog · brosur", "catálogo · folleto")
_DEMO = _said(
    "demo · trial · site visit · showroom",
    "demonstrasi · uji coba · kunjungan · survei",
    "demostración · prueba · visita",
)
_QUOTE = _said("quote · quotation · proposal", "penawaran", "cotización · presupuesto · propuesta")


def _says(names: tuple[str, str, str], parameter: str, words: tuple[str, ...]) -> ReadyMade:
    """A rule that looks for words in what a lead did last; `names` in en, id, es."""
    return ReadyMade(
        names=dict(zip(("en", "id", "es"), names, strict=True)),
        when=f"=HASANY([@[Last activity]], {parameter})",
        points=_POINTS[parameter],
        words={parameter: words},
    )


_POINTS = {
    "open_words": 5,
    "read_words": 10,
    "catalogue_words": 20,
    "price_words": 30,
    "demo_words": 30,
    "quote_words": 30,
}

READY_MADE: Mapping[str, ReadyMade] = MappingProxyType(
    {
        "interest": ReadyMade(
            names={"en": "interest", "id": "minat", "es": "interés"},
            when='=OR([@Interest]<>"", [@Status]="Interested", [@Status]="Quote sent")',
            points=10,
        ),
        "purchasing power": ReadyMade(
            names={"en": "purchasing power", "id": "daya beli", "es": "poder de compra"},
            when="=[@Budget]>=min_budget",
            points=20,
            needs=("min_budget",),
        ),
        "authority": ReadyMade(
            names={"en": "authority", "id": "wewenang", "es": "autoridad"},
            when="=HASANY([@Role], deciders)",
            points=10,
            words={"deciders": _DECIDERS},
        ),
        "special requirements": ReadyMade(
            names={"en": "requirements", "id": "syarat khusus", "es": "requisitos"},
            when="=[@[Meets requirements]]",
            points=10,
        ),
        "reachability": ReadyMade(
            names={"en": "reachable", "id": "bisa dihubungi", "es": "contactable"},
            when="=OR(ISTEXT([@Email]), ISTEXT([@Phone]))",
            points=5,
        ),
        "target market": ReadyMade(
            names={"en": "target market", "id": "pasar sasaran", "es": "mercado objetivo"},
            when="=HASANY([@City], target_cities)",
            points=15,
            needs=("target_cities",),
        ),
        "opens": _says(("opened", "membuka surel", "abrió el correo"), "open_words", _OPENS),
        "reads": _says(("read", "membaca", "leyó"), "read_words", _READS),
        "asks price": _says(("asked price", "tanya harga", "pidió precio"), "price_words", _PRICE),
        "asks catalogue": _says(
            ("asked catalogue", "minta katalog", "pidió catálogo"), "catalogue_words", _CATALOGUE
        ),
        "asks demo": _says(("asked demo", "minta demo", "pidió demo"), "demo_words", _DEMO),
        "asks quote": _says(
            ("asked quote", "minta penawaran", "pidió cotización"), "quote_words", _QUOTE
        ),
    }
)
"""What a team writes after ``use =`` → the rule."""

READY_MADE_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ideal customer": (
            "target market",
            "purchasing power",
            "authority",
            "special requirements",
            "reachability",
        ),
        "MQL signals": ("interest", "opens", "reads"),
        "SQL signals": ("asks price", "asks catalogue", "asks demo", "asks quote"),
    }
)
"""What a team writes after ``use =`` in a score → the rules that it adds."""


def word_lists(used: Iterable[str]) -> dict[str, ParameterValue]:
    """The parameters that we know of these rules."""
    return {name: words for use in used for name, words in READY_MADE[use].words.items()}


def ready_made_reference() -> str:
    """Every ready-made rule and group as Markdown tables, with formulas and words."""
    rules = [
        f"| `{use}` | `{made.when}` | {made.points:g} | {_reads(made)} |"
        for use, made in READY_MADE.items()
    ]
    groups = [f"| `{use}` | {', '.join(names)} |" for use, names in READY_MADE_GROUPS.items()]
    return "\n".join(
        [
            "| `use =` in a rule | formula | points | parameters |",
            "| --- | --- | --- | --- |",
            *rules,
            "",
            "| `use =` in a score | the rules that it adds |",
            "| --- | --- |",
            *groups,
        ]
    )


def _reads(made: ReadyMade) -> str:
    own = [f"`{name}`: yours" for name in made.needs]
    return "; ".join([*own, *(f"`{n}`: {', '.join(words)}" for n, words in made.words.items())])
