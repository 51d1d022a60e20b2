"""Requests within TLS: HAProxy ends it with a certificate that the pod template names, and everybody else's requests go
on to the application within TLS of their own. Without such a certificate nothing of this runs."""
