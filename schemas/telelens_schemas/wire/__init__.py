"""Framing, flow control and TLS of the tunnel, and the messages of every protocol. Bytes in, events out: no I/O."""
