"""The trail of changes, read: list, diff, revert.

Entries are written today (`app.guilds.service.record_change`); reading them comes with their page.
"""
