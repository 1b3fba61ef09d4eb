"""Which route a request means: its template, its bucket, and what in its path is a secret."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from starlette.routing import BaseRoute, Route

from simulator.faults.limits import Limit, limit_of
from simulator.paths import PathTree

API = "/api/"

_BASE = re.compile(r"/api(/v\d+)?(?=/)")  # noqa: TID251 - a constant of ours, never a user's pattern
_PARAMETER = re.compile(r"\{([^{}:]*)(:[a-z]+)?\}")  # noqa: TID251 - the same
_HASH_BYTES = 16
_MAJOR = (
    ("channel_id",),
    ("guild_id",),
    ("webhook_id", "webhook_token"),
    ("interaction_id", "interaction_token"),
    ("webhook_id",),
)
"""What Discord counts apart, by the names that the templates use; the first that fits."""
_SECRET_AFTER = frozenset({"webhooks", "interactions"})
_SECRET_AT = 3
_MASK = "[token]"


@dataclass(frozen=True, slots=True)
class KnownRoute:
    """One method of one template. `major` are the places in the path that make a bucket of their own."""

    method: str
    template: str
    shape: str
    limit: Limit | None
    bucket: str
    major: tuple[int, ...]


class RouteTable:
    """Finds the route of a path, as the API that answers it does."""

    def __init__(self, routes: Iterable[tuple[str, str]]) -> None:
        self._tree: PathTree[KnownRoute] = PathTree()
        # One route may stand at several addresses: /api/oauth2/token is /api/v10/oauth2/token.
        known = {(route.method, route.shape): route for route in (_known(*each) for each in routes)}
        for route in known.values():
            self._tree.add(route.method, route.template, route)
        self.shapes = {route.shape for route in known.values()}

    def find(self, method: str, segments: list[str]) -> KnownRoute | None:
        """Find a route by the segments of a path below the base; None if there is no such route."""
        found = self._tree.find(method, segments)
        return None if found is None else found[0]


def of_starlette(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Read methods and templates off routes below /api/; what catches all the rest is left out."""
    for route in routes:
        if isinstance(route, Route) and route.path.startswith(API) and ":path}" not in route.path:
            for method in sorted(route.methods or ()):
                yield method, below_base(route.path)


def below_base(path: str) -> str:
    """Take /api or /api/v10 off a path."""
    return _BASE.sub("", path, count=1)


def shape_of(template: str) -> str:
    """Tell a template's shape: what it is without the names of its parameters and without the base."""
    return _PARAMETER.sub("{}", below_base(template))


def masked(path: str) -> str:
    """Tell a path without the token of an interaction or a webhook in it."""
    below = below_base(path)
    segments = below.split("/")
    if len(segments) > _SECRET_AT and segments[1] in _SECRET_AFTER:
        segments[_SECRET_AT] = _MASK
        return path[: len(path) - len(below)] + "/".join(segments)
    return path


def _known(method: str, template: str) -> KnownRoute:
    template = _PARAMETER.sub(r"{\1}", template)
    shape = shape_of(template)
    segments = template.split("/")
    places = {segment[1:-1]: place for place, segment in enumerate(segments) if segment.startswith("{")}
    for name in [name for name in places if name.endswith("_token")]:
        places["token"] = places[name]
    major = next((names for names in _MAJOR if set(names) <= set(places)), ())
    return KnownRoute(
        method=method,
        template=template,
        shape=shape,
        limit=limit_of(method, shape),
        bucket=blake2b(f"{method} {shape}".encode(), digest_size=_HASH_BYTES).hexdigest(),
        major=tuple(places[name] for name in major),
    )
