"""Edge: runs jobs against Discord. Comes with the first job."""
