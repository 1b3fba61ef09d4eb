"""Raids: what is paused, slowed and switched on in one, and what moderators decide below its alert.

Words as in `app.automod`. *Raid mode* is what somebody switched on for a time; a *pause* and a *slow mode*
have a cause each, and end with the last of them.
"""
