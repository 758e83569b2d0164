"""Finding and turning the part before it is judged: fixed regions, and parts found by a reference picture."""
