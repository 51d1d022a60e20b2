"""Words: the specification's models, Kubernetes objects, protobuf messages, the wire. No I/O."""
