"""Tunnels from this workstation to the agents: dialled, kept up, and joined to local ports. Framing is the wire's."""
