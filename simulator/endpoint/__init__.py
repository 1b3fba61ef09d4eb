"""The line to the bot: signed bytes out, an answer or silence back."""
