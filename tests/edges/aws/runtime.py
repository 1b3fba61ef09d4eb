"""What AWS Lambda does with our function: imports it once, then calls it, one event per line.

Run as a process of its own: the handler builds itself at import, and `sys.modules` must be its own.
"""

import json
import sys
from dataclasses import dataclass


@dataclass
class Context:
    """What we look at of Lambda's context."""

    aws_request_id: str = ""


def main() -> None:
    from app.aws.interactions import handler

    for number, line in enumerate(sys.stdin, 1):
        context = Context(aws_request_id=f"invocation-{number}")
        answer = handler(json.loads(line), context)  # type: ignore[arg-type] # of a protocol with nine attributes
        packages = sorted({name.partition(".")[0] for name in sys.modules})
        sys.stdout.write(json.dumps({"answer": answer, "packages": packages}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
