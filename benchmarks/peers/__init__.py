"""The servers we are compared with, each in its barest form.

They run in an environment of their own (`.venv-bench`, requirements/bench.txt) and import nothing of ours.
Each is a program: PORT PUBLIC_KEY TEXT; it answers every `/about` with a message of that text.
"""
