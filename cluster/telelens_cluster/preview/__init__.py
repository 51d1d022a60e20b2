"""The preview gateway: a URL that anybody may open, whose requests get what an intercept matches.

It knows Intercepts and HTTP. Who may have a URL, and what the API server says of Services, is the manager's.
"""
