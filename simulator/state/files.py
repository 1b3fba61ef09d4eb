"""The bytes of attachments, in memory, bounded."""

_MOST_BYTES = 128 * 1024 * 1024
_MOST_FILES = 10_000


class Files:
    """Attachments' content by id. When all is too much, the oldest go first, as an expired link would."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._contents: dict[int, bytes] = {}
        self._bytes = 0

    def keep(self, attachment_id: int, content: bytes) -> None:
        """Remember a file, in place of what had its id."""
        self.forget(attachment_id)
        self._contents[attachment_id] = content
        self._bytes += len(content)
        while self._is_too_much():
            self.forget(next(iter(self._contents)))

    def __len__(self) -> int:
        return len(self._contents)

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._bytes

    def find(self, attachment_id: int) -> bytes | None:
        """Find a file's content. None once it is gone."""
        return self._contents.get(attachment_id)

    def forget(self, attachment_id: int) -> None:
        """Let go of a file; nothing happens if it is gone."""
        self._bytes -= len(self._contents.pop(attachment_id, b""))

    def _is_too_much(self) -> bool:
        """Tell whether something has to go; a single file stays, whatever its size."""
        return len(self._contents) > _MOST_FILES or (
            self._bytes > self._most_bytes and len(self._contents) > 1
        )
