"""Edge: the REST API under `/api`. Its routes come later; what is not there answers problem+json."""
