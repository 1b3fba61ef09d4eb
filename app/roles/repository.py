"""SQL of the roles room."""
