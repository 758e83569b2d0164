"""Settings, the composition root, self-test and bench."""
