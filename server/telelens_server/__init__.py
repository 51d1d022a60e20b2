"""The editor's ear: a language server, and the requests that the extension makes.

What is wrong with a specification is decided in ``telelens_schemas.specification``, what happens to a cluster in
``telelens_daemons``; here both are put into an editor's words.
"""
