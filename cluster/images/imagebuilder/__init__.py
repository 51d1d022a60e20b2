"""Builds the project's images from Debian's packages and our sources, without registry or Docker.

The Dockerfiles beside this package make the same images for those who have both.
"""
