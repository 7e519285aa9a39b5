"""Lead tabs in Google Sheets: written while people work in them, each value beside its lead.

Nothing here imports gspread or google-auth before a spreadsheet is really asked for.
"""

from __future__ import annotations
