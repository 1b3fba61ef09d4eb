"""A guild's record: time zone, language, which features are on. And the trail of every change people made.

Words: *guild* is Discord's word for what people call a server; *audit entry* is one change, with what
was before and after.
Invariants: a guild's row exists before anything else of that guild is written; audit entries are append-only.
"""
