"""The control API's table."""

from starlette.routing import Route

from simulator.control import handlers

ROUTES = [
    Route("/_sim/state", handlers.show_state, methods=["GET"]),
    Route("/_sim/directory", handlers.show_directory, methods=["GET"]),
    Route("/_sim/view", handlers.show_view, methods=["GET"]),
    Route("/_sim/commands", handlers.run_command, methods=["POST"]),
    Route("/_sim/ping", handlers.send_ping, methods=["POST"]),
    Route("/_sim/events", handlers.send_event, methods=["POST"]),
    Route("/_sim/messages", handlers.post_message, methods=["POST"]),
]
