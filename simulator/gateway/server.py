"""What uvicorn needs for the gateway: WebSockets that are fast, and that can be cut."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT = "simulator.abort"
"""The extension in a connection's scope by which its TCP connection can be cut."""


class Websockets(WebSocketsSansIOProtocol):
    """uvicorn's own protocol; it also hands out how to cut the connection, which ASGI has no word for."""

    async def run_asgi(self) -> None:
        """Run the application for one connection."""
        self.scope["extensions"] = {**self.scope["extensions"], ABORT: {"abort": self.transport.abort}}
        await super().run_asgi()
