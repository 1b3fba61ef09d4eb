"""Entities as the JSON that Discord puts on the wire. Pure: no I/O, no clock."""
