"""From what a model was given and gave to what it is: a task, and a reading of its answer."""
