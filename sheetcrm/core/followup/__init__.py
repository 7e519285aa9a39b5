"""Who hears what, when: segments, sequences, templates, rendering, messages."""
