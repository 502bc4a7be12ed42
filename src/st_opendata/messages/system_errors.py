"""Errors of the operating system about files and connections, in each language; rare ones in the system's words."""

from __future__ import annotations

import errno
import socket

from st_opendata.messages.message import Message, message, verbatim

_MESSAGES = {
    errno.ENOENT: message("No such file or directory"),
    errno.EACCES: message("Permission denied"),
    errno.EPERM: message("Operation not permitted"),
    errno.EISDIR: message("Is a directory"),
    errno.ENOTDIR: message("Not a directory"),
    errno.ENOSPC: message("No space left on device"),
    errno.EROFS: message("Read-only file system"),
    errno.EADDRINUSE: message("Address already in use"),
    errno.ENAMETOOLONG: message("File name too long"),
    errno.ELOOP: message("Too many levels of symbolic links"),
    errno.EXDEV: message("Invalid cross-device link"),
    errno.EBUSY: message("Device or resource busy"),
    errno.EIO: message("Input/output error"),
    errno.EMFILE: message("Too many open files"),
    errno.ECONNREFUSED: message("Connection refused"),
    errno.ECONNRESET: message("Connection reset by peer"),
    errno.ETIMEDOUT: message("Connection timed out"),
    errno.ENETUNREACH: message("Network is unreachable"),
    errno.EHOSTUNREACH: message("No route to host"),
    socket.EAI_NONAME: message("Name or service not known"),
    socket.EAI_AGAIN: message("Temporary failure in name resolution"),
}


def system_reason(error: OSError) -> Message:
    """The system's reason, as a field of a message: `the file cannot be read: {reason}`."""
    known = _MESSAGES.get(error.errno) if error.errno is not None else None
    return known or verbatim(error.strerror or str(error))
