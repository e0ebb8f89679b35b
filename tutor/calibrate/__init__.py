"""``tutor calibrate``: trains a lesson over its settings; proposes its goal, its solution and its traps."""
