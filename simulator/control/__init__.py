"""Edge: `/_sim/*`, by which a test or a page moves this Discord: invoke, ping, post, look."""
