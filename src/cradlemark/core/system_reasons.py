"""Why the operating system refuses something, in words for people."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from cradlemark.core.language import Text

_REASONS: Mapping[int, Text] = {
    errno.EACCES: Text("permission denied", "没有权限"),
    errno.EBUSY: Text("device or resource busy", "设备或资源正忙"),
    errno.EEXIST: Text("file exists", "文件已存在"),
    errno.EFBIG: Text("file too large", "文件过大"),
    errno.EIO: Text("input/output error", "读写错误"),
    errno.EISDIR: Text("is a directory", "是文件夹"),
    errno.ELOOP: Text("too many levels of symbolic links", "符号链接层级过多"),
    errno.EMFILE: Text("too many open files", "打开的文件过多"),
    errno.ENAMETOOLONG: Text("file name too long", "文件名过长"),
    errno.ENOENT: Text("no such file or directory", "没有该文件或文件夹"),
    errno.ENOMEM: Text("cannot allocate memory", "内存不足"),
    errno.ENOSPC: Text("no space left on device", "磁盘空间不足"),
    errno.ENOTDIR: Text("not a directory", "不是文件夹"),
    errno.ENOTEMPTY: Text("directory not empty", "文件夹不为空"),
    errno.EPERM: Text("operation not permitted", "不允许该操作"),
    errno.EROFS: Text("read-only file system", "文件系统只读"),
}


def system_reason(error: OSError) -> Text:
    """The reason of the operating system; in its own words where they are rare.

    Examples
    --------
    >>> system_reason(FileNotFoundError(2, "No such file or directory"))["zh"]
    '没有该文件或文件夹'
    """
    return _REASONS.get(error.errno or 0) or Text((error.strerror or str(error)).lower())
