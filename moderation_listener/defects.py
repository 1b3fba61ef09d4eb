"""What is logged of an error of ours: its kind, and where it was raised. What it says may quote people."""

import traceback


def describe(error: BaseException) -> str:
    """Name an error and the line that raised it, and nothing of what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
