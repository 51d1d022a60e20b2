"""Runs specifications: connects, intercepts, starts the handlers, and undoes it all. Reading one is in
`telelens_schemas.specification`; how a handler runs is in `handlers`."""
