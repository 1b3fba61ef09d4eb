"""A Discord on your own machine, for any bot.

One guild with people, roles and channels in memory; signed interactions to the bot's endpoint, the
first REST routes a bot calls, and a page to play on. It imports nothing of the platform beside it.

Words are Discord's own: guild, member, interaction, callback. *World* is everything that Discord
remembers, *wire* the JSON that travels, *delivery* what is sent to the bot.
"""
