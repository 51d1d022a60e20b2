"""The traffic agent: the container beside an application that hands intercepted connections to workstations.

Its memory is paid once per pod: asyncio, ssl, uvloop and protobuf, nothing else. Whatever needs Kubernetes lives in
the manager.
"""
