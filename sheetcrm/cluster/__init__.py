"""Many workspaces over many workers: what the extra ``sheetcrm[cluster]`` adds.

PostgreSQL holds what is to be done and when (`duties`), Procrastinate hands it out to workers on
any number of machines (the only use of that library), and `work` does it with the same functions
that the command line calls. Exclusion does not hang on the queue: a run holds the lock of its
workspace and of its ledger, as it does on one machine.
"""
