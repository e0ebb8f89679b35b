"""The program: command line, screens, save book, the line to the training process."""

__version__ = "0.1.0"
