"""TOML files to frozen, checked models; every problem at once, each with its place."""
