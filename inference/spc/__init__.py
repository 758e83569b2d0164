"""Statistical process control: pure mathematics on numpy and scipy, usable as a library of its own."""
