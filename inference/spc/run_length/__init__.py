"""Run lengths: how many points a chart shows, on average, before it first speaks."""
