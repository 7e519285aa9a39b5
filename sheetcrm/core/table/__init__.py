"""The sheet as values: tab, cells, headers and fields, identity, edits and their merge."""
