"""Who may upload how much."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api import uploads
from core.api.connection_slots import ConnectionSlot, ConnectionSlots
from core.api.uploads import NO_ROOM, NOT_YOURS, TAB_IS_FULL, UploadRoom, Uploads

MB = 1024**2


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "BYTES_OF_A_TAB", 3 * MB)
    monkeypatch.setattr(uploads, "BYTES_IN_ALL", 5 * MB)


class Server:
    def __init__(self) -> None:
        self.places, self.room, self.kept = ConnectionSlots(), UploadRoom(), 0
        routes = [Route("/_stcore/upload_file/{tab}/{file}", self._streamlit, methods=["PUT", "DELETE"])]
        self._client = TestClient(Uploads(Starlette(routes=routes), places=self.places, room=self.room))
        self.status = 204

    async def _streamlit(self, request: Request) -> Response:
        self.kept += len(await request.body())
        return Response(status_code=self.status)

    def tab(self, session_id: str, *, sign_in: str | None = "somebody") -> ConnectionSlot:
        place = self.places.take("a", sign_in)
        assert place is not None
        place.session_id = session_id
        self.places.allow_uploads(place.id, allowed=True)
        return place

    def put(self, session_id: str, file_id: str, size: int = MB) -> tuple[int, str]:
        response = self._client.put(f"/_stcore/upload_file/{session_id}/{file_id}", content=b"x" * size)
        return response.status_code, response.text.strip()

    def delete(self, session_id: str, file_id: str) -> None:
        self._client.delete(f"/_stcore/upload_file/{session_id}/{file_id}")


@pytest.fixture
def server() -> Server:
    return Server()


def test_nobody_uploads_for_a_tab_that_has_not_signed_in_or_shows_no_field_for_it(server: Server) -> None:
    server.tab("stranger", sign_in=None)
    left = server.tab("left")
    server.places.leave(left)
    elsewhere = server.tab("elsewhere")
    server.places.allow_uploads(elsewhere.id, allowed=False)

    for tab in ("stranger", "left", "elsewhere", "unknown"):
        assert server.put(tab, "1") == (403, NOT_YOURS)
    assert server.kept == 0


def test_a_tab_has_room_for_some_files_and_gets_it_back(server: Server) -> None:
    server.tab("one")
    assert [server.put("one", file)[0] for file in "123"] == [204, 204, 204]
    assert server.put("one", "4") == (413, TAB_IS_FULL)

    assert server.put("one", "3")[0] == 204
    server.delete("one", "1")
    assert server.put("one", "4")[0] == 204


def test_all_tabs_together_have_room_for_so_much_and_get_it_back_with_the_end_of_one(server: Server) -> None:
    for tab in ("one", "two"):
        server.tab(tab)
    assert server.put("one", "1", 3 * MB)[0] == 204
    assert server.put("two", "1", 2 * MB)[0] == 204
    assert server.put("two", "2", MB) == (413, NO_ROOM)

    server.room.forget("one")

    assert server.put("two", "2", MB)[0] == 204


def test_an_upload_whose_tab_goes_meanwhile_is_cut_off(server: Server) -> None:
    own = server.tab("one")

    def body() -> Iterator[bytes]:
        yield b"x"
        server.places.leave(own)
        yield b"x"

    with pytest.raises(ClientDisconnect):
        server._client.put("/_stcore/upload_file/one/1", content=body(), headers={"Content-Length": "2"})

    assert server.kept == 0


def test_a_file_that_is_not_taken_takes_no_room(server: Server) -> None:
    server.tab("one")
    server.status = 403
    for _ in range(5):
        assert server.put("one", "1", 3 * MB)[0] == 403
        assert server.put("one", "2", 3 * MB)[0] == 403


def test_a_file_without_its_length_is_not_read(server: Server) -> None:
    server.tab("one")
    response = server._client.put("/_stcore/upload_file/one/1", content=iter([b"x"] * 10))

    assert (response.status_code, server.kept) == (411, 0)
