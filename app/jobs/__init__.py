"""Jobs, enqueued in the transaction of the decision they carry out (PgQueuer).

Words: a *job* is one thing the worker does to Discord; its *entrypoint* is its name with a version; its
*lane* says what goes first.
Invariants: a job is there exactly if its transaction was committed; what is on the wire never changes
under the same entrypoint. This is the half that enqueues; the worker runs them (tables: migration 0003).
"""
