"""A small Kubernetes client: kubeconfig, credentials, objects, watches, port-forward.

It exists because the official one costs 0.9 s and 61 MB to import, more than a connection may take. It knows nothing
of Telelens.
"""
