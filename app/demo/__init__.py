"""`smarterdev demo`: the whole platform on one machine, with a Discord of its own. Development only."""
