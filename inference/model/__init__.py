"""Running a model package: its manifest, its session on a chosen provider, its parity with the reference."""
