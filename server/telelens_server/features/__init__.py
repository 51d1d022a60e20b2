"""What the server does for an editor: one feature, one class, one module. They are wired in ``telelens_server.server``
and read documents only through ``telelens_server.documents``."""
