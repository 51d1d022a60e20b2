"""What a cluster says to whoever writes a specification: names and facts, watched from the first question on.

Nothing here makes an answer wait. What may not be listed, or cannot be reached, is absent, and why is said once.
"""
