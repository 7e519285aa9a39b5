"""The function reference of docs/formulas.md, written from the functions' own entries."""

from __future__ import annotations

from sheetcrm.core.formula.registry import Entry, find, names
from sheetcrm.core.formula.topics import TOPICS

MARK = "<!-- what follows is written by sheetcrm.core.formula.reference; a test keeps it true -->"

OURS = "These are sheetcrm's own, made for leads: Excel does not know them."


def function_reference() -> str:
    """Every function by topic, as Markdown: what it takes, what it gives, an example."""
    entries = [entry for entry in map(find, names()) if entry is not None]
    parts: list[str] = []
    for heading, modules in TOPICS.items():
        ours = heading == "For leads"
        chosen = [e for e in entries if e.ours == ours and (ours or e.module in modules)]
        parts.append(_section(heading, chosen))
    return "\n\n".join(parts) + "\n"


def _section(heading: str, entries: list[Entry]) -> str:
    own = [OURS, ""] if all(entry.ours for entry in entries) else []
    lines = [
        f"### {heading}",
        "",
        *own,
        "| Function | What it gives | Example |",
        "| --- | --- | --- |",
    ]
    for entry in entries:
        cells = (f"`{entry.usage}`", entry.summary, f"`{entry.example}`")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)
