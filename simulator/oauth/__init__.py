"""Edge: OAuth2. The page where people allow the application something, and the addresses for its tokens."""
