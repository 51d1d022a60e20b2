"""The editor's ear. Not built yet."""
