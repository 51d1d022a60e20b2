"""A real VS Code in a real browser: code-server and Debian's chromium, installed, started and driven.

Nothing here knows Telelens, but for the folder in the cache where it all lies.
"""
