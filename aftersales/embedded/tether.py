"""Start a program as another user, tied to the life of its parent.

`python tether.py SIGNAL UID GID PROGRAM [ARGUMENT...]`. The kernel sends SIGNAL to the program when the
parent dies, so that killing the runner leaves nothing behind. UID 0 keeps the user as it is.
Runs as a file of its own with the standard library only, before anything else is imported.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the program."""
    signal_number, uid, gid = (int(value) for value in sys.argv[1:4])
    parent = os.getppid()
    if uid:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.chdir("/")  # the other user may not be allowed where we are
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        sys.exit("The parent ended before the program started.")
    os.execv(sys.argv[4], sys.argv[4:])


if __name__ == "__main__":
    main()
