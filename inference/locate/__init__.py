"""Finding and turning the part before it is judged (room kept for the teaching issue)."""
