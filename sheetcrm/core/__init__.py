"""Values in, values out: no clock, no files, no network, no logging."""
