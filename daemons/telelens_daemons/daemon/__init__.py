"""The user daemon's process: start, lock, log, and the gRPC service. What it does is in other folders."""
