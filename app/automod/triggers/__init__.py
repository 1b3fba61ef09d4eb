"""The ways in which a rule can fire, one file each; `app.automod.table` lists them."""
