"""Panels: what opens in place of counters and charts, never over verdict, picture or alarms."""
