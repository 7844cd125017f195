// Nothing to call: see backtrace.c.
