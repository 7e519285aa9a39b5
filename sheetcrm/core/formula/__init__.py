"""Excel's formula language over columns: parse, bind, compile, evaluate."""
