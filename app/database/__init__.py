"""PostgreSQL: the engine, the transaction every edge owns (`tx`), and the invariants of the data.

Words: *tx* is one SQL transaction; a *transaction* is a transfer in the ledger (`app.bytes`).
Invariants: services take a `tx` and never commit; what is not committed never happened.
"""
