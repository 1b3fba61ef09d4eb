"""What is counted and measured about the gateway."""

from prometheus_client import Counter, Gauge, Histogram

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

# --- what is made of them ------------------------------------------------------------------------

JUDGED = Counter(
    "smarterdev_automod_judged_total", "Observations that rules have looked at, by kind.", ["kind"]
)
VERDICTS = Counter(
    "smarterdev_automod_verdicts_total", "Rules that fired, by the mode they are in.", ["mode"]
)
BROKEN = Counter("smarterdev_automod_broken_total", "Times that a rule broke while it looked.")
JUDGING = Histogram(
    "smarterdev_automod_judging_seconds",
    "Processor time one observation took.",
    buckets=(0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.02, 0.1),
)
LAG = Gauge(
    "smarterdev_automod_lag_seconds",
    "Seconds between what was judged last and its judging, by Discord's clock and ours.",
)
HELD = Gauge("smarterdev_automod_held_observations", "Observations that wait for their guild's rules.")
WAITING = Gauge(
    "smarterdev_listener_waiting_writes", "What waits to be written: verdicts, members, cases.", ["what"]
)
DROPPED = Counter(
    "smarterdev_listener_dropped_total",
    "What was not done and will not be: `throttled` observations of a guild that took too much time, `held` "
    "ones beyond what is kept, `missed` ones beyond what is read again, and writes beyond what may wait, by "
    "what they are.",
    ["what"],
)
WRITES_FAILED = Counter(
    "smarterdev_listener_writes_failed_total",
    "Times that something could not be written. `unavailable`: it is tried again.",
    ["what", "reason"],
)
EVENTS_FAILED = Counter(
    "smarterdev_listener_events_failed_total", "Events that were not understood, by type.", ["event"]
)

# --- what was missed -----------------------------------------------------------------------------

REREAD = Counter(
    "smarterdev_listener_reread_messages_total", "Messages judged that were written while nobody listened."
)
REREAD_FAILED = Counter(
    "smarterdev_listener_reread_failed_total", "Guilds of which what was missed could not be read again."
)
SESSIONS = Gauge(
    "smarterdev_gateway_session_wait_seconds",
    "Seconds until another session may begin; 0 while there is room for one.",
)
