"""Edge: the page to play on, which looks like a chat app."""
