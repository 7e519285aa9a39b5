"""One outside thing each, each implementing one port."""
