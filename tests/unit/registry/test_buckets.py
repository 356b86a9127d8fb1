"""Published files in a bucket are the same as in a folder, checkpoint last, and a storage that is away is no empty one."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import settings
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer
from tests.unit.registry.builders import NOW
from tests.unit.registry.test_backups import PASSPHRASE, issue, refused

from cradlemark.core.errors import StateError
from cradlemark.registry.home import Home

NAME = "labels"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that speaks S3."""
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture
def client(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty bucket."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    made = boto3.client("s3", endpoint_url=server, region_name="us-east-1")
    for one in made.list_buckets()["Buckets"]:
        for item in made.list_objects_v2(Bucket=one["Name"]).get("Contents", ()):
            made.delete_object(Bucket=one["Name"], Key=item["Key"])
        made.delete_bucket(Bucket=one["Name"])
    made.create_bucket(Bucket=NAME)
    return made


@pytest.fixture
def in_bucket(client: Any, server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Publish into the bucket; returns its client."""
    use(monkeypatch, server)
    yield client
    forget()


def use(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    options = {
        "bucket_name": NAME, "endpoint_url": address, "location": "register", "file_overwrite": True, "querystring_auth": False,
    }  # fmt: skip
    chosen = {"BACKEND": "cradlemark.registry.bucket.PublicBucket", "OPTIONS": options}
    monkeypatch.setattr(settings, "STORAGES", {**settings.STORAGES, "public": chosen})
    forget()


def forget() -> None:
    storages.__dict__.pop("backends", None)
    storages._backends = None  # type: ignore[attr-defined]
    storages._storages.clear()  # type: ignore[attr-defined]


def objects(client: Any) -> dict[str, bytes]:
    found = {}
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=NAME):
        for item in page.get("Contents", ()):
            found[item["Key"].removeprefix("register/")] = client.get_object(Bucket=NAME, Key=item["Key"])[
                "Body"
            ].read()
    return found


@pytest.fixture
def keyed(home: Home) -> Home:
    from cradlemark.registry.keys.store import make_keys

    make_keys(home, passphrase=PASSPHRASE, time=NOW)
    return home


def test_bucket_holds_what_a_folder_would(
    keyed: Home, in_bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.files import changed_at
    from cradlemark.registry.operation.audit import audit_register

    issue(3, keyed)
    stored = objects(in_bucket)
    written = changed_at(keyed.public / "log/checkpoint")
    assert written is not None
    assert abs(datetime.datetime.now(datetime.UTC) - written) < datetime.timedelta(minutes=5)
    assert changed_at(keyed.public / "nothing") is None
    assert audit_register(keyed, time=NOW).problems == ()
    assert not any((keyed.folder / "public").iterdir())
    in_memory = dict(settings.STORAGES)
    in_memory.pop("public")
    monkeypatch.setattr(settings, "STORAGES", in_memory)
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.publication.outbox import enqueue
    from cradlemark.registry.publication.publish import publish_all

    enqueue("label", Label.objects.values_list("number", flat=True))
    enqueue("keys", ["keys"])
    publish_all(keyed, passphrase=PASSPHRASE, time=NOW)
    folder = {
        path.relative_to(keyed.folder / "public").as_posix(): path.read_bytes()
        for path in (keyed.folder / "public").rglob("*") if path.is_file()
    }  # fmt: skip
    assert folder.keys() == stored.keys()
    signed = ("status/", "log/checkpoint")  # of another moment
    assert {n: c for n, c in folder.items() if not n.startswith(signed)} == {
        n: c for n, c in stored.items() if not n.startswith(signed)
    }


def test_objects_say_what_they_are_and_how_long_they_hold(keyed: Home, in_bucket: Any) -> None:
    issue(1, keyed)
    head = {name: in_bucket.head_object(Bucket=NAME, Key=f"register/{name}") for name in objects(in_bucket)}
    (credential,) = (name for name in head if name.endswith("credential.jwt"))
    assert head[credential]["ContentType"] == "application/vc+jwt"
    assert head["log/checkpoint"]["ContentType"] == "text/plain; charset=utf-8"
    assert "immutable" not in head["log/checkpoint"]["CacheControl"]
    page = next(name for name in head if name.endswith("/zh.html"))
    assert head[page]["ContentType"] == "text/html; charset=utf-8"
    style = next(name for name in head if name.startswith("assets/") and name.endswith(".css"))
    assert "immutable" in head[style]["CacheControl"]


def test_publication_that_is_stopped_goes_on_and_the_checkpoint_comes_last(
    keyed: Home, in_bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.bucket import BucketPlace
    from cradlemark.registry.operation.audit import audit_register
    from cradlemark.registry.publication.publish import publish_all

    issue(1, keyed)
    written: list[str] = []
    put = BucketPlace.write_bytes
    for stop in range(1, 40, 13):
        left = iter(range(stop))

        def stopping(place: BucketPlace, content: bytes, left: Any = left) -> None:
            if next(left, None) is None:
                raise SystemExit("killed")
            written.append(place.path)
            put(place, content)

        monkeypatch.setattr(BucketPlace, "write_bytes", stopping)
        written.clear()
        try:
            issue(1, keyed, prefix=f"case after {stop}")
        except SystemExit:
            assert "log/checkpoint" not in written or all(
                not one.startswith("log/tile") for one in written[written.index("log/checkpoint") :]
            )
        monkeypatch.setattr(BucketPlace, "write_bytes", put)
        publish_all(keyed, passphrase=PASSPHRASE, time=NOW)
        assert audit_register(keyed, time=NOW).problems == ()


def test_storage_that_does_not_answer_is_not_taken_for_an_empty_one(
    keyed: Home, client: Any, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.unit.registry.builders import numbered

    from cradlemark.registry.labels.issue import IssueRequest
    from cradlemark.registry.labels.issue import issue as issue_all
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.publication.publish import publish_all

    use(monkeypatch, server)
    issue(1, keyed)
    before = objects(client)["log/checkpoint"]
    sign = credential_signer(keyed, passphrase=PASSPHRASE, time=NOW).label
    issue_all([IssueRequest("later", numbered)], mark="DEMO", time=NOW, sign=sign)
    use(monkeypatch, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StateError) as caught:
        publish_all(keyed, passphrase=PASSPHRASE, time=NOW)
    assert caught.value.code == "storage-unreachable"
    use(monkeypatch, server)
    assert objects(client)["log/checkpoint"] == before
    client_without = "no-such-bucket"
    monkeypatch.setitem(settings.STORAGES["public"]["OPTIONS"], "bucket_name", client_without)
    forget()
    with pytest.raises(StateError):
        publish_all(keyed, passphrase=PASSPHRASE, time=NOW)
    forget()


def test_backup_of_a_bucket_is_restored_into_it_unless_it_went_on(
    keyed: Home, in_bucket: Any, tmp_path: Path
) -> None:
    from cradlemark.registry.operation.backup import back_up
    from cradlemark.registry.operation.restore import check_backup, restore

    issue(2, keyed)
    stored = objects(in_bucket)
    back_up(keyed, tmp_path / "backup", time=NOW)
    for name in list(stored)[:5]:
        in_bucket.delete_object(Bucket=NAME, Key=f"register/{name}")
    restore(
        tmp_path / "backup",
        keyed.folder,
        check_backup(tmp_path / "backup", keyed.folder, replace=True),
        time=NOW,
    )
    assert objects(in_bucket) == stored
    issue(1, keyed, prefix="later")
    with refused("log-behind"):
        check_backup(tmp_path / "backup", keyed.folder, replace=True)
    shutil.rmtree(tmp_path / "backup")
