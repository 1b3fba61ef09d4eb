"""What dashboards and listeners hear at once, over Redis streams.

Losing all of it loses nothing but freshness.

Words: a *live event* says that something changed; whoever hears it looks into PostgreSQL.
Invariants: sent after the commit, at most 50 ms, failure ignored.
"""
