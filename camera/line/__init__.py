"""The line around the station: where triggers come from and where results go. One file a protocol."""
