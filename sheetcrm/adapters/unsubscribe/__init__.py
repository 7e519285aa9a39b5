"""The page behind the link for leaving, and the small server that shows it."""
