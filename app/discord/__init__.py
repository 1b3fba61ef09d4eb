"""Discord as the platform sees it: a port (what we ask, typed errors), one REST adapter, Discord's limits.

Words: *port* is the Protocol the rooms know; the *adapter* speaks HTTP through hikari and is imported
only when something is really asked of Discord, because hikari takes half a second to import.
"""
