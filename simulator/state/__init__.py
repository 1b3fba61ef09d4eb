"""What this Discord remembers: plain entities, and the world that holds them."""
