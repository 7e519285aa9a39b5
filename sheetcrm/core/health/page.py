"""The findings as one page: a file without scripts that needs nothing from anywhere.

Weight is told by words and shapes, so that the page reads the same without colour and on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from jinja2 import Environment, StrictUndefined, Template

from sheetcrm.core.health.page_style import STYLE
from sheetcrm.core.health.report import SheetHealth
from sheetcrm.core.health.words import Words
from sheetcrm.core.table.values import Severity

_PLACES = 12  #: that are shown at once
_SIGNS = {Severity.ERROR: "▲", Severity.WARNING: "◆", Severity.NOTE: "○"}


def health_page(sheets: Sequence[SheetHealth], at: datetime, words: Words) -> str:
    """One self-contained HTML page.

    Args:
        sheets: what was found in each source.
        at: when, in the workspace's time zone.
        words: the language.
    """
    return _template().render(
        sheets=sheets,
        at=at,
        words=words,
        page=words.page,
        signs=_SIGNS,
        places=_PLACES,
        style=STYLE,
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_PAGE)


_PAGE = """\
<!doctype html>
<html lang="{{ words.code }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{ page.title }}</title>
<style>{{ style | safe }}</style>
</head>
<body>
<header>
<h1>{{ page.title }}</h1>
<p>{{ page.intro }}</p>
<p class="small">{{ at.strftime("%Y-%m-%d %H:%M") }} · {{ page.untouched }}</p>
</header>
<main>
{% for sheet in sheets %}
<section class="sheet">
<h2>{{ sheet.source }} <small>{{ sheet.locator }}</small></h2>
{% if sheet.error %}
<p class="error"><b>▲ {{ page.unread }}:</b> {{ sheet.error.message }} {{ sheet.error.hint }}</p>
{% else %}
<dl class="reach">
<div><dt>{{ page.leads }}</dt><dd>{{ sheet.leads }}</dd></div>
<div><dt>{{ page.columns }}</dt><dd>{{ sheet.columns }}</dd></div>
{% for text, count in words.reached(sheet.reach, sheet.leads) %}
<div><dt>{{ text }}</dt><dd>{{ count }}</dd></div>
{% endfor %}
</dl>
{% if not sheet.findings %}<p class="fine">✓ {{ page.nothing }}</p>{% endif %}
{% for severity, name in words.severities.items() %}
{% set groups = words.groups(sheet.findings, severity) %}
{% if groups %}
<h3 class="{{ severity.value }}"><span class="sign">{{ signs[severity] }}</span> {{ name }}
<small>{{ groups | length }}</small></h3>
{% for group in groups %}
<article class="{{ severity.value }}">
<h4><span class="sign">{{ signs[severity] }}</span>
{{ group.told.what[0] | upper }}{{ group.told.what[1:] }}
{% if group.count > 1 %}<span class="count">{{ group.count }}</span>{% endif %}
</h4>
<dl>
{% if group.findings[0].places %}
<div><dt>{{ page.where }}</dt><dd>
{% for finding in group.findings %}
<p class="where">{{ words.where(finding, places) }}</p>
{% if finding.examples %}
<ul>
{% for example in finding.examples %}
<li>{% if finding.count > 1 %}<i>{{ example.cell }}</i> {% endif %}<code>{{ example.shown }}</code>
{%- if example.meant %} → <code title="{{ page.meant }}">{{ example.meant }}</code>{% endif %}</li>
{% endfor %}
</ul>
{% endif %}
{% endfor %}
</dd></div>
{% endif %}
<div><dt>{{ page.why }}</dt><dd>{{ group.told.why }}</dd></div>
<div><dt>{{ page.fix }}</dt><dd>{{ group.told.fix }}</dd></div>
</dl>
</article>
{% endfor %}
{% endif %}
{% endfor %}
{% endif %}
</section>
{% endfor %}
</main>
<footer class="small">{{ page.marks }}</footer>
</body>
</html>
"""
