"""`python -m sheetcrm`."""

from __future__ import annotations

import sys

from sheetcrm.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
