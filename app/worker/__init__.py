"""The worker: makes Discord what was decided, one job at a time, whatever fails meanwhile.

Words: a *job* is one thing to do to Discord; it ends *done*, is *retried*, or is *held* for a person;
*reconciling* is computing what should be, reading what is, and applying the difference.
Invariants: no HTTP call inside a SQL transaction; a start is counted before the job begins; after a refused
token nothing is asked of Discord any more.
"""
