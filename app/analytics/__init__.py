"""Numbers read from the other rooms' tables, and the log of command invocations they start from.

Collecting them stands; counting and showing come with the pages that show them.

Words: an *invocation* is one interaction that was answered, whatever became of it.
Invariants: an invocation is only counted, so it may be lost (and that is counted); none holds what
somebody wrote. They are kept for 90 days.
"""
