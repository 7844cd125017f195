class TanrenError(Exception):
    """What can't be read, where it is, and how to fix it."""


def pandas():
    """The module pandas."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("Tanren's frames need pandas: pip install 'tanren[pandas]'") from error
    return pandas
