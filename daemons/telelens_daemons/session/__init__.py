"""This workstation's Session in the cluster: key, object, heartbeat, and how it survives a killed daemon."""
