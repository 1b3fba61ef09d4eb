"""What is sent to the bot and why, and what its answers mean to people."""
