"""Edge: Discord's REST API, version 10. What is not there answers 501 and says so."""
