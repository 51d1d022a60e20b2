"""The mechanism ``http``: HAProxy as the agent's child, which judges every request by itself and hands those that match
to the agent. Imported by the first intercept that needs it: a pod without one pays nothing."""
