"""Backtests: rules tried over messages of the past, of which nothing is kept but ids and verdicts, for a day.

Shelves: `service` (use cases of people), `trial` (judging, pure), `running` (what the worker writes),
`values`.
"""
