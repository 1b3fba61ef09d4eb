"""Lambda handlers. Each imports only what its function needs.

A cold start counts against Discord's three seconds.
"""
