"""Panels: what opens in place of the charts, never over verdict, picture or alarms."""
