"""What comes back: the bytes of a mail → what it is, and which of our messages it is about."""
