"""Started as a program of its own: runs a command and prints its seconds, its peak memory in KiB and its exit code.

Linux counts the memory of whoever starts a program as the program's own, so this starter is kept as small as can be.
"""

import os
import sys
import time


def main() -> None:
    """``launch.py LOG COMMAND...``: the command's own output goes to the log."""
    log, *command = sys.argv[1:]
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.execvp(command[0], command)  # noqa: S606 - what this is for; there is no shell
        finally:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    sys.stdout.write(f"{seconds} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
