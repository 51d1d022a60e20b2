"""Answers ``initialize`` at once: importing the server proper takes longer than the handshake should.

What is answered is written down (``capabilities.json``), generated from the server proper, which hears the same request
as soon as it is there and must agree. So nothing here imports it, nor pygls or lsprotocol.
"""
