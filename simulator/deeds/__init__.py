"""What people and bots do to this Discord: may they, the change, the audit log, and who is told.

The same deed serves the REST API (the bot acts), the control API (a person acts) and the bot's
replies. Each checks everything first and raises `DiscordError` before anything has changed.
"""
