"""`telelens demo`: shows on a real cluster that an intercept works, down to a breakpoint. Uses the command line's
services as anybody could; nothing else depends on it."""
