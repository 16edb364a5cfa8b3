"""Models: the catalogue, choosing, and installing from a real server that misbehaves."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from voice_coach.cli.hearing import recogniser
from voice_coach.errors import CoachError, MachineError, UserError
from voice_coach.hearing import models
from voice_coach.hearing.models import Entry
from voice_coach.settings import load_settings

NAME = "vosk-model-tiny"
FILES = ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int")


def zipped(files: dict[str, bytes], links: tuple[str, ...] = ()) -> bytes:
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for name in links:
            link = zipfile.ZipInfo(name)
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "/etc/passwd")
    return room.getvalue()


def model_zip() -> bytes:
    noise = np.random.default_rng(1).bytes(60_000)  # does not compress, so every cut falls into a file
    return zipped({f"{NAME}/{name}": noise for name in FILES})


@dataclass
class Shop:
    """A web server on this machine with one file; the fields are its habits."""

    body: bytes
    resumes: bool = True
    breaks_after: int | None = None
    status: int = 200
    asked: list[str] = field(default_factory=list)
    """The Range header of each request, "" for none."""
    url: str = ""


@pytest.fixture
def open_shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], Shop]]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    servers = []

    def start(body: bytes) -> Shop:
        shop = Shop(body)

        class Counter(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wanted = self.headers.get("Range", "")
                shop.asked.append(wanted)
                first = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and shop.resumes else 0
                rest = shop.body[first:]
                if shop.status != 200:
                    self.send_error(shop.status)
                    return
                self.send_response(206 if first else 200)
                if first:
                    self.send_header("Content-Range", f"bytes {first}-{len(shop.body) - 1}/{len(shop.body)}")
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest[: shop.breaks_after])

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        shop.url = f"http://127.0.0.1:{server.server_port}/models/{NAME}.zip"
        return shop

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def entry(shop: Shop, **changes: object) -> Entry:
    known = {
        "name": NAME, "language": "English", "url": shop.url, "size": len(shop.body),
        "sha256": hashlib.sha256(shop.body).hexdigest(), "licence": "Apache-2.0", "about": "Tiny.",
    }  # fmt: skip
    return Entry.model_validate(known | changes)


def install(folder: Path, offer: Entry) -> list[tuple[int, int]]:
    """Install and return what the progress bar was told."""
    told: list[tuple[int, int]] = []
    models.install(offer.name, lambda done, of: told.append((done, of)), folder, (offer,))
    return told


def refused(folder: Path, offer: Entry) -> str:
    """Install in vain; the sentence a person gets. Nothing may be in the model's place afterwards."""
    with pytest.raises(CoachError) as caught:
        install(folder, offer)
    assert not (folder / offer.name).exists()
    assert not [path.name for path in folder.glob(".unpacking*")]
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_model_is_fetched_checked_and_unpacked(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(model_zip())
    told = install(tmp_path / "models", entry(shop))
    assert told[0] == (0, len(shop.body))
    assert told[-1] == (len(shop.body), len(shop.body))
    assert [model.name for model in models.installed(tmp_path / "models")] == [NAME]
    assert (models.path(NAME, tmp_path / "models") / "am" / "final.mdl").stat().st_size == 60_000
    assert not list((tmp_path / "models" / ".partial").iterdir())


def test_a_cut_download_goes_on_where_it_stopped(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(model_zip())
    shop.breaks_after = 100_000
    assert "was cut after 0.1 MB of 0.3 MB; give the same command again" in refused(tmp_path, entry(shop))
    shop.breaks_after = None
    told = install(tmp_path, entry(shop))
    assert shop.asked == ["", "bytes=100000-"]
    assert told[0] == (100_000, len(shop.body))
    assert models.installed(tmp_path)


def test_a_server_that_cannot_resume_sends_all_of_it_again(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(model_zip())
    shop.breaks_after = 100_000
    refused(tmp_path, entry(shop))
    shop.breaks_after, shop.resumes = None, False
    assert install(tmp_path, entry(shop))[0] == (0, len(shop.body))
    assert models.installed(tmp_path)


def test_a_download_that_was_whole_already_is_not_fetched_again(
    open_shop: Callable[[bytes], Shop], tmp_path: Path
) -> None:
    shop = open_shop(model_zip())
    part = tmp_path / ".partial" / f"{NAME}.zip"
    part.parent.mkdir()
    part.write_bytes(shop.body)
    assert install(tmp_path, entry(shop)) == []
    assert shop.asked == []


def test_interrupted_by_the_person_it_goes_on_later(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(model_zip())

    def impatient(done: int, of: int) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        models.install(NAME, impatient, tmp_path, (entry(shop),))
    assert models.installed(tmp_path) == []
    install(tmp_path, entry(shop))
    assert shop.asked[1].startswith("bytes=1")
    assert models.installed(tmp_path)


def test_a_wrong_checksum_leaves_nothing(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(model_zip())
    sentence = refused(tmp_path, entry(shop, sha256="0" * 64))
    assert re.search(r"is not the file that was expected \(its SHA-256 is [0-9a-f]{64}, not 0{64}\)", sentence)
    assert not list((tmp_path / ".partial").iterdir())


def test_another_size_is_refused_before_anything_is_fetched(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(model_zip())
    assert "but 1000 were expected; the model there has changed" in refused(tmp_path, entry(shop, size=1000))
    assert not (tmp_path / ".partial" / f"{NAME}.zip").exists()


def test_a_model_that_is_gone_from_the_server(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(b"")
    shop.status = 404
    assert "(it answers 404 Not Found); try again later" in refused(tmp_path, entry(shop, size=1000))


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    closed = Shop(b"x", url="http://127.0.0.1:9/models/tiny.zip")
    sentence = refused(tmp_path, entry(closed))
    assert sentence.startswith("127.0.0.1 cannot be reached (")
    assert "check the network" in sentence


@pytest.mark.parametrize(
    ("files", "links", "reason"),
    [
        ({f"{NAME}/../../evil": b"x"}, (), "could be written outside its own folder"),
        ({"/etc/evil": b"x"}, (), "could be written outside its own folder"),
        ({f"{NAME}/..\\evil": b"x"}, (), "could be written outside its own folder"),
        ({"C:/evil": b"x"}, (), "could be written outside its own folder"),
        ({f"{NAME}/am/final.mdl": b"x"}, (f"{NAME}/graph",), "could be written outside its own folder"),
        ({"a/x": b"x", "b/x": b"x"}, (), "should hold one folder, but holds 2"),
        ({}, (), "should hold one folder, but holds 0"),
        ({f"{NAME}/README": b"x"}, (), "is not a whole speech model (am/final.mdl"),
    ],
)
def test_an_archive_that_is_evil_or_no_model(
    open_shop: Callable[[bytes], Shop], tmp_path: Path, files: dict[str, bytes], links: tuple[str, ...], reason: str
) -> None:
    folder = tmp_path / "deep" / "models"
    shop = open_shop(zipped(files, links))
    assert reason in refused(folder, entry(shop))
    assert [path for path in tmp_path.rglob("*") if path.name == "evil"] == []


def test_an_archive_that_swells_beyond_reason(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}/am/final.mdl", bytes(20_000_000))
    shop = open_shop(room.getvalue())
    assert "would unpack to 20.0 MB, which is no speech model's size" in refused(tmp_path, entry(shop))


def test_a_web_page_instead_of_an_archive(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(b"<html>please log in</html>")
    assert "is not a sound ZIP file" in refused(tmp_path, entry(shop))


def test_a_place_that_cannot_be_written_to(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    shop = open_shop(model_zip())
    with pytest.raises(MachineError, match=r"cannot be written .* see that the folder is yours"):
        install(tmp_path / "file" / "models", entry(shop))


def test_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"called “gpt”; those that can be installed are vosk-model-small"):
        models.install("gpt", lambda done, of: None, tmp_path)


def test_a_model_that_is_there_is_never_overwritten(open_shop: Callable[[bytes], Shop], tmp_path: Path) -> None:
    shop = open_shop(model_zip())
    install(tmp_path, entry(shop))
    with pytest.raises(UserError, match=r"is already installed in .*; delete that folder first"):
        install(tmp_path, entry(shop))
    assert len(shop.asked) == 1


def test_the_catalogue_is_sound() -> None:
    entries = models.catalogue()
    assert len({entry.name for entry in entries}) == len(entries) >= 2
    for offer in entries:
        assert offer.url.startswith("https://")
        assert offer.url.endswith(f"/{offer.name}.zip")


def put(folder: Path, name: str) -> Path:
    for file in FILES:
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder / name


def test_models_are_listed_in_the_order_of_the_catalogue(tmp_path: Path) -> None:
    first, second = (entry.name for entry in models.catalogue()[:2])
    for name in ("aaa-own", second, first, ".unpacking-x"):
        put(tmp_path, name)
    (tmp_path / "not-a-model").mkdir()
    assert [model.name for model in models.installed(tmp_path)] == [first, second, "aaa-own"]
    assert models.installed(tmp_path / "nowhere") == []


def test_the_model_to_listen_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(models.CHOICE, raising=False)
    assert models.choose(tmp_path) is None
    small = put(tmp_path, models.catalogue()[0].name)
    mine = put(tmp_path, "mine")
    assert models.choose(tmp_path) == small
    monkeypatch.setenv(models.CHOICE, "mine")
    assert models.choose(tmp_path) == mine
    elsewhere = put(tmp_path / "else where", "m")
    monkeypatch.setenv(models.CHOICE, str(elsewhere))
    assert models.choose(tmp_path) == elsewhere


def test_a_choice_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "mine")
    monkeypatch.setenv(models.CHOICE, "yours")
    with pytest.raises(UserError, match=r"“yours” is not in .* \(there: mine\); install one .* or take the name out"):
        models.choose(tmp_path)
    monkeypatch.setenv(models.CHOICE, str(tmp_path / "yours"))
    with pytest.raises(UserError, match=r"names the folder .*yours, which does not exist"):
        models.choose(tmp_path)


def test_a_recogniser_of_earlier_versions_is_a_model_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    for written, given in (("model: pocketsphinx\n", None), ("", "pocketsphinx")):
        file.write_text(written)
        with pytest.raises(UserError, match=r"^The speech model “pocketsphinx” is not in .*\.$"):
            recogniser(load_settings(file, model=given))


@pytest.mark.parametrize("name", ["~nosuchuser", "~nosuchuser/model", "x" * 300])
def test_what_can_be_no_folder_is_told_like_any_name_that_is_not_there(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match=f"The speech model “{name}” is not in "):
        recogniser(load_settings(tmp_path / "settings.yaml", model=name))
    monkeypatch.setenv(models.CHOICE, name)
    with pytest.raises(UserError, match=f"{models.CHOICE}"):
        models.choose(tmp_path)
