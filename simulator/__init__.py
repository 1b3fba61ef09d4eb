"""A Discord on your own machine, for any bot.

Guilds with people, roles, channels and messages in memory; REST API, gateway, OAuth2 and signed
interactions; faults on purpose, a clock that can be moved, and a page to play on. It imports nothing
of the platform beside it.

Words are Discord's own: guild, member, interaction, callback. *World* is everything that Discord
remembers, a *deed* what somebody does to it, a *happening* what the others hear of that, *wire* the
JSON that travels, *delivery* what is sent to the bot. Invariants: a deed checks everything before it
changes anything; what nobody hears is not written out; nothing grows without bound.
"""
