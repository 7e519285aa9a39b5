"""In which country and time zone a lead is."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.names import fold

_WORLD = "001"  # what phonenumbers calls numbers of no country, such as +800

_MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "US": "America/New_York",
}
"""Of countries with several zones, the one in which most people live."""

_PLACES = {
    ("ID", "Asia/Makassar"): (
        "Bali, Denpasar, Badung, Gianyar, Ubud, Lombok, Mataram, NTB, NTT, Kupang, Labuan Bajo,"
        "Makassar, Gowa, Maros, Kendari, Palu, Gorontalo, Manado, Balikpapan, Samarinda, Bontang,"
        "Tarakan, Banjarmasin, Banjarbaru, Sulawesi Selatan, Sulawesi Utara, Sulawesi Tengah,"
        "Sulawesi Tenggara, Sulawesi Barat, Kalimantan Timur, Kalimantan Selatan, Kalimantan Utara,"
        "Nusa Tenggara Barat, Nusa Tenggara Timur"
    ),
    ("ID", "Asia/Jayapura"): (
        "Jayapura, Sorong, Manokwari, Merauke, Timika, Biak, Ambon, Ternate, Tidore, Sofifi, Papua,"
        "Papua Barat, Papua Selatan, Papua Tengah, Maluku, Maluku Utara"
    ),
    ("ES", "Atlantic/Canary"): (
        "Las Palmas, Las Palmas de Gran Canaria, Tenerife, Santa Cruz de Tenerife, Canarias,"
        "Islas Canarias, Lanzarote, Fuerteventura, Gran Canaria, La Palma, La Gomera"
    ),
    ("MX", "America/Tijuana"): "Tijuana, Mexicali, Ensenada, Baja California",
    ("MX", "America/Cancun"): "Cancún, Playa del Carmen, Tulum, Quintana Roo",
    ("MX", "America/Hermosillo"): "Hermosillo, Sonora, Ciudad Obregón",
    ("US", "America/Los_Angeles"): (
        "Los Angeles, San Francisco, San Diego, Seattle, Portland, California"
    ),
    ("US", "America/Chicago"): "Chicago, Houston, Dallas, Austin, San Antonio, Texas",
}
_ZONE_OF_PLACE = {
    (country, fold(place)): zone
    for (country, zone), places in _PLACES.items()
    for place in places.split(",")
}


def country_of(lead: LeadView, locale: Locale) -> str:
    """ISO 3166: what its row says, else where its phone number is, else the workspace's."""
    given = lead.values.get("country")
    if isinstance(given, str) and len(given.strip()) == 2:
        return given.strip().upper()
    return _country_of_phone(lead.phone) or locale.country.upper()


def zone_of(lead: LeadView, country: str, locale: Locale) -> ZoneInfo:
    """The lead's time zone: by its place, else its country's, else the workspace's."""
    region = lead.values.get("region")
    name = _zone_of_place(country, lead.location, region if isinstance(region, str) else "")
    if not name and country != locale.country.upper():
        name = zone_of_country(country)
    return zone(name or locale.timezone)


@lru_cache(maxsize=256)
@lru_cache(maxsize=256)
def zone_of_country(country: str) -> str:
    """The IANA zone of an ISO 3166 country; of several the main one, or "" where none is."""
    zones = get_global("territory_zones").get(country, ())
    return _MAIN_ZONES.get(country) or (str(zones[0]) if len(zones) == 1 else "")


def zone(name: str) -> ZoneInfo:
    """A time zone by its name; one that nobody knows is UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _country_of_phone(phone: str) -> str:
    if not phone:
        return ""
    country = _country_of_code(phone[:4])
    return _country_of_number(phone) if country is None else country


@lru_cache(maxsize=1024)
def _country_of_code(start: str) -> str | None:
    """Where numbers that begin so are; None where only the whole number tells."""
    import phonenumbers  # noqa: PLC0415  its tables are for those leads that need them

    for digits in (2, 3, 4):  # most codes are one country's, which saves taking the number apart
        code = start[1:digits]
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code) if code.isdigit() else 0)
        if regions and len(regions) == 1:
            return str(regions[0]).replace(_WORLD, "")
    return None


@lru_cache(maxsize=8192)
def _country_of_number(phone: str) -> str:
    import phonenumbers  # noqa: PLC0415  as above

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
    except phonenumbers.NumberParseException:
        return ""


@lru_cache(maxsize=8192)
def _zone_of_place(country: str, location: str, region: str) -> str:
    parts = (location, *location.split(","), region)
    places = ((country, fold(part)) for part in parts)
    return next((_ZONE_OF_PLACE[place] for place in places if place in _ZONE_OF_PLACE), "")
