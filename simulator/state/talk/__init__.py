"""What the demo guilds' people have said in the last two days. Only words: who says what, when, to whom."""
