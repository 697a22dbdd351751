"""A run, from `init` to its end: what is taken and checked, what waits for the background, how it ends.

`run.py` has `Run`; `opening.py` starts or resumes one.
"""
