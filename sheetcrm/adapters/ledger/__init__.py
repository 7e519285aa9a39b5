"""What must be remembered outside the sheet, in SQLite or PostgreSQL."""
