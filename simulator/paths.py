"""Which line of a table a request means: a tree of templates, one step per segment of a path."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Line(Generic[Value]):
    names: tuple[str, ...]
    value: Value


@dataclass(slots=True)
class _Node(Generic[Value]):
    literals: "dict[str, _Node[Value]]" = field(default_factory=dict)
    anything: "_Node[Value] | None" = None
    lines: dict[str, _Line[Value]] = field(default_factory=dict)


class PathTree(Generic[Value]):
    """Methods and templates (`/channels/{channel_id}`) with a value each.

    A literal segment goes before a parameter: `/users/@me` is never a user called "@me". That holds where
    the literal has the method; where it has not, it is tried as a parameter after all. A path comes as
    its segments, with the empty one before the first slash.
    """

    def __init__(self) -> None:
        self._root: _Node[Value] = _Node()

    def add(self, method: str, template: str, value: Value) -> None:
        """Take in one line.

        Raises:
            ValueError: there is one already, however its parameters are called.
        """
        node = self._root
        names = []
        for step in template.split("/")[1:]:
            if step.startswith("{"):
                names.append(step[1:-1])
                node.anything = node = node.anything or _Node()
            else:
                node = node.literals.setdefault(step, _Node())
        if method in node.lines:
            raise ValueError(f"{method} {template} stands in the table twice.")
        node.lines[method] = _Line(tuple(names), value)

    def find(self, method: str, segments: Sequence[str]) -> tuple[Value, dict[str, str]] | None:
        """Find a line, and what its parameters are. None if no template has both path and method."""
        values: list[str] = []
        node = _walk(self._root, method, segments, 1, values)
        if node is None:
            return None
        line = node.lines[method]
        return line.value, dict(zip(line.names, values, strict=True))

    def knows(self, segments: Sequence[str]) -> bool:
        """Tell whether a path fits a template, whatever the method."""
        return _walk(self._root, None, segments, 1, []) is not None


def _walk(
    node: _Node[Value], method: str | None, segments: Sequence[str], at: int, values: list[str]
) -> _Node[Value] | None:
    """Go down as the path says; of several nodes the first one that has the method, or any if it is None."""
    if at == len(segments):
        return node if (node.lines if method is None else method in node.lines) else None
    step = segments[at]
    literal = node.literals.get(step)
    if literal is not None and (found := _walk(literal, method, segments, at + 1, values)) is not None:
        return found
    if node.anything is None or not step:
        return None
    values.append(step)
    found = _walk(node.anything, method, segments, at + 1, values)
    if found is None:
        values.pop()
    return found
