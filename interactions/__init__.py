"""Edge: signed Discord webhooks -> one reply.

`receive` is the whole way of an interaction, bytes in, answer out; `answering` runs what was asked for and
sees that there is a reply; `endpoint` is the only file here that knows the web framework; `table` lists
everything there is to run. Handlers (one file per feature) parse
nothing and decide nothing: they open the `tx`, call one service and render what it returns.
"""
