"""Numbers read from the other rooms' tables, and the log of command invocations they start from.

The table stands; collecting and counting come with the features that show them.
"""
