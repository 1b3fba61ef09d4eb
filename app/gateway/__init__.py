"""What must outlive a process that listens at Discord's gateway.

Words: a guild is *heard until* an instant, by Discord's clock, if all that was told before has been judged
and written; a *session* is one that a listener began, of which Discord allows a bot 1000 in 24 hours.
Invariants: what is heard until only moves on; a session is written before Discord is asked for it.
"""
