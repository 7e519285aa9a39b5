"""Excel workbooks: read by calamine and one streaming scan, written by patching the package."""
