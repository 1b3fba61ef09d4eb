"""What is sent to the bot's endpoint, and what its answers mean."""
