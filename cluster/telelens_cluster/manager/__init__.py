"""The traffic manager: reads Sessions and Intercepts, injects and configures agents, says what it did in their status.

It owns no state: whatever it must remember over a restart stands in the Kubernetes API or in the agents. The
mutation of pods itself lives in ``telelens_cluster.injector``; what runs inside pods in ``telelens_cluster.agent``.
"""
