"""Published files in a bucket that speaks S3, through django-storages (extra ``s3``)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import attrs
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from storages.backends.s3 import S3Storage

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.registry.media_types import cache_control, media_type


class PublicBucket(S3Storage):  # type: ignore[misc]  # the package has no types
    """Says of every object what it is and how long it may be kept by others."""

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """Headers of an object."""
        parameters: dict[str, Any] = super().get_object_parameters(name)
        path = name.removeprefix(f"{self.location}/".lstrip("/"))
        return parameters | {"ContentType": media_type(path), "CacheControl": cache_control(path)}


@attrs.frozen
class BucketPlace:
    """A file or folder in a bucket.

    Parameters
    ----------
    storage : Storage
    path : str
        Empty for the whole bucket.
    """

    storage: Storage
    path: str = ""

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.rpartition("/")[2]

    def __truediv__(self, other: str, /) -> BucketPlace:
        """What lies below it."""
        return BucketPlace(self.storage, f"{self.path}/{other}".strip("/"))

    def exists(self) -> bool:
        """Whether there is anything."""
        return self.is_file() or self.is_dir()

    def is_file(self) -> bool:
        """Whether it is an object."""
        if not self.path:
            return False
        with _Told():
            return self.storage.exists(self.path)

    def is_dir(self) -> bool:
        """Whether objects lie below it."""
        with _Told():
            folders, files = self.storage.listdir(self.path)
        return bool(folders or files)

    def iterdir(self) -> Iterable[BucketPlace]:
        """What lies directly below it."""
        with _Told():
            folders, files = self.storage.listdir(self.path)
        return [self / name for name in sorted({*folders, *files}) if name]

    def read_bytes(self) -> bytes:
        """Content; raises `FileNotFoundError` when there is none."""
        with _Told(), self.storage.open(self.path) as file:
            return bytes(file.read())

    def write_bytes(self, content: bytes) -> None:
        """Put an object in its place: a reader sees the old or the new one, and it is safe when the storage has answered."""
        with _Told():
            self.storage.save(self.path, ContentFile(content))

    def delete(self) -> None:
        """Remove an object; nothing happens when there is none."""
        with _Told():
            self.storage.delete(self.path)

    def changed(self) -> datetime.datetime:
        """When it was written last."""
        with _Told():
            return self.storage.get_modified_time(self.path)


class _Told:
    """Says of a storage that does not answer, or refuses, what it is; it must not look like one without the file."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Tell."""
        if isinstance(error, BotoCoreError | ClientError):
            raise StateError(
                Text(f"the storage of the published files does not answer: {error}", f"已发布文件的存储没有应答：{error}"),
                code="storage-unreachable", hint=Text("check address, name and credentials of the bucket", "检查存储桶的地址、名称和凭据"),
            ) from error  # fmt: skip
