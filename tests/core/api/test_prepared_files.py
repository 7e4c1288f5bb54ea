"""What waits for being fetched."""

import gc

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api.prepared_files import SECONDS_AFTER_FETCH, PreparedDownloads, PreparedFile, PreparedFiles, Session


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def file(data: bytes = b"data", name: str = "a.csv") -> PreparedFile:
    return PreparedFile(data=data, media_type="text/csv", name=name)


def test_a_file_waits_as_long_as_its_session_and_a_minute_after_it_was_fetched() -> None:
    clock, tab = Clock(), Session()
    files = PreparedFiles(clock=clock)
    files.keep("/media/a", file(), tab)

    clock.now += 10_000
    assert files.fetch("/media/a") == file()
    clock.now += SECONDS_AFTER_FETCH - 1
    assert files.fetch("/media/a") == file()
    clock.now += SECONDS_AFTER_FETCH + 1
    assert files.fetch("/media/a") is None


def test_a_file_goes_with_its_session() -> None:
    files, tab, other = PreparedFiles(), Session(), Session()
    files.keep("/media/a", file(), tab)
    files.keep("/media/b", file(), other)

    del tab
    gc.collect()

    assert files.fetch("/media/a") is None
    assert files.fetch("/media/b") == file()


def test_the_oldest_go_when_there_is_too_much_and_the_newest_stays() -> None:
    files, tab = PreparedFiles(limit=10), Session()
    for name in "abc":
        files.keep(f"/media/{name}", file(b"12345"), tab)
    assert [bool(files.fetch(f"/media/{name}")) for name in "abc"] == [False, True, True]

    files.keep("/media/d", file(b"x" * 100), tab)
    assert [bool(files.fetch(f"/media/{name}")) for name in "bcd"] == [False, False, True]


def test_it_is_handed_out_as_a_file_of_its_name_and_nothing_else_is_touched() -> None:
    files, tab = PreparedFiles(), Session()
    client = TestClient(PreparedDownloads(Starlette(), files=files))
    files.keep("/media/a", file(name="Größe “x”.csv"), tab)

    response = client.get("/media/a")

    assert (response.status_code, response.content) == (200, b"data")
    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["content-disposition"] == (
        "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20%E2%80%9Cx%E2%80%9D.csv"
    )
    assert (client.head("/media/a").status_code, client.put("/media/a").status_code) == (200, 404)
    assert client.get("/media/b").status_code == 404
