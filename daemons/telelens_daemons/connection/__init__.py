"""The connection to one cluster: API client, session, tunnels, held together. What is done with it is elsewhere."""
