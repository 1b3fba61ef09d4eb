"""Before the REST API: which route is meant, the log of requests, rate limits, and faults on purpose."""
