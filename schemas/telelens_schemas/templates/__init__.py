"""Go's ``text/template`` with the functions of sprig: recovery, bounds, maps back to the source.

Knows nothing of what the templates are for.
"""
