"""Edge: Discord's gateway events -> auto-moderation. Comes with auto-moderation."""
