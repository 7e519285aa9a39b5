"""What a lead tab suffers from: found, told in three languages, and shown on a page."""
