"""SQL of the auto-mod room."""
