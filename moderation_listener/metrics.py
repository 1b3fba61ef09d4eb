"""What is counted and measured about the gateway."""

from prometheus_client import Counter, Gauge

EVENTS = Counter("smarterdev_gateway_events_total", "Gateway events heard, by type.", ["event"])
LAST_EVENT = Gauge(
    "smarterdev_gateway_last_event_timestamp_seconds", "When the last event was heard, in Unix time."
)
LATENCY = Gauge(
    "smarterdev_gateway_latency_seconds",
    "Seconds between the last heartbeat and Discord's answer to it, by shard. NaN before the first.",
    ["shard"],
)
CONNECTED = Gauge("smarterdev_gateway_connected_shards", "Shards that are connected and identified.")
DISCONNECTS = Counter("smarterdev_gateway_disconnects_total", "Connections that ended, by shard.", ["shard"])
FAILED = Counter(
    "smarterdev_gateway_failed_total",
    "Times that news of a guild could not be written, by reason. `unavailable`: it is tried again.",
    ["reason"],
)
