"""Where messages go: `.eml` files in the outbox."""
