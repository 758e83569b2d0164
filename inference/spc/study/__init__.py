"""A whole study, dict in and dict out: what `loupe spc` answers. May import: inference.spc."""
