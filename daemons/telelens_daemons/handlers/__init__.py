"""The user's own programs that take intercepted traffic: started, watched, debugged, ended. Which handler serves
which intercept is decided in `run`; docker, compose and external handlers will live here, beside `script`."""
