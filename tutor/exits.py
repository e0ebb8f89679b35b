"""How a command ends."""

DONE, NOT_MET, BAD_INPUT, LACKING, CRASHED, INTERRUPTED, UNHEARD = 0, 1, 2, 3, 70, 130, 141
"""Exit codes: done or passed; goal not met, or findings; bad input; the machine lacks something; a fault; ctrl+c;
whoever read the output went away before its end."""


class Lacking(Exception):
    """The machine lacks something; the message says what, and what to do."""
