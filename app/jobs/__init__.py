"""Jobs, enqueued in the transaction of the decision they carry out (PgQueuer).

The queue's tables stand (migration 0003); enqueueing comes with the first feature that changes Discord.
"""
