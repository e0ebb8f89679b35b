"""The full data sets: what makes them up, and the download, from a server on this machine."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lessons import fullsets
from lessons.fullsets import FULL, Busy, absent_words, full_set, missing, state, tidy, verify, workplace
from lessons.lab import download
from lessons.mistakes import Mistake
from tests import archives

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def little(monkeypatch):
    """The tiny set in the place of both full ones."""
    for name in list(FULL):
        monkeypatch.setitem(FULL, name, archives.tiny(name))


@pytest.fixture
def sent(little, monkeypatch):
    """Serve the archives, in one way or another, to torchvision's own classes."""
    from torchvision import datasets

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    servers = []

    def from_server(way="whole", class_name="MNIST"):
        servers.append(archives.serve(way))
        server = servers[-1].__enter__()
        monkeypatch.setattr(getattr(datasets, class_name), "mirrors", [server.url])
        monkeypatch.setattr(getattr(datasets, class_name), "resources", archives.RESOURCES)
        return server

    yield from_server
    for server in servers:
        server.__exit__(None, None, None)
    socket.setdefaulttimeout(None)


def fails(name, folder, capfd):
    """The one line that says why there is no data set."""
    assert download.main([name, str(folder)]) == 3
    out, err = capfd.readouterr()
    assert err.count("\n") == 1 and "Traceback" not in err and not out, err
    return err


def test_the_table_says_what_torchvision_unpacks():
    from torchvision import datasets

    for full in FULL.values():
        resources = getattr(datasets, full.class_name).resources
        assert {f"{full.class_name}/raw/{name.removesuffix('.gz')}" for name, _ in resources} == {
            f.path for f in full.files
        }
        assert sum(f.size for f in full.files) == 47040016 + 60008 + 7840016 + 10008
    assert all(len(f.sha256) == 64 for f in FULL["mnist"].files)
    assert not any(f.sha256 for f in FULL["fashion"].files)


def test_the_table_imports_nothing_heavy():
    code = (
        "import sys, lessons.fullsets\n"
        "print([m for m in ('torch', 'torchvision', 'numpy', 'filelock', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_checksums_are_those_of_a_real_copy():
    candidates = [os.environ.get("TUTOR_DATA", ""), str(ROOT.parent / "shared" / "data")]
    folder = next((Path(c) for c in candidates if c and (Path(c) / "MNIST" / "raw").is_dir()), None)
    if folder is None:
        pytest.skip("needs the full MNIST: point TUTOR_DATA at a folder that holds MNIST/raw")
    assert verify("mnist", folder) == [] and state("mnist", folder) == ("whole", [])


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(Mistake, match="Did you mean 'fashion'"):
        full_set("fashon")


def test_what_is_missing_is_told_from_what_is_damaged(little, tmp_path):
    every = [f.path for f in FULL["mnist"].files]
    assert missing("mnist", None) == missing("mnist", tmp_path) == every
    assert state("mnist", None) == state("mnist", tmp_path) == ("missing", every)
    archives.put(tmp_path)
    assert state("mnist", tmp_path) == ("whole", []) and missing("mnist", tmp_path) == []
    images, labels = tmp_path / every[0], tmp_path / every[1]
    labels.unlink()
    assert state("mnist", tmp_path) == ("missing", [every[1]])
    images.write_bytes(images.read_bytes()[:-1] + b"\0")
    assert missing("mnist", tmp_path) == [every[1]] and verify("mnist", tmp_path) == every[:2]
    assert state("mnist", tmp_path) == ("damaged", [every[0]])
    images.write_bytes(b"short")
    assert missing("mnist", tmp_path) == every[:2]


def test_absent_words_name_the_set_the_place_and_both_ways_out(little, tmp_path):
    for folder in (None, tmp_path):
        words = absent_words("fashion", folder)
        assert words.startswith("FashionMNIST is ") and "tutor data fashion" in words and "31 MB" in words
        assert "FashionMNIST/raw" in words and "--data" in words and "TUTOR_DATA" in words and "\n" not in words
    assert str(tmp_path) in words and f"--data {tmp_path}" in words
    archives.put(tmp_path, "FashionMNIST")
    (tmp_path / "FashionMNIST/raw/t10k-labels-idx1-ubyte").unlink()
    words = absent_words("fashion", tmp_path)
    assert "t10k-labels-idx1-ubyte" in words and "train-images" not in words


def test_a_workplace_is_for_one_and_leaves_nothing(tmp_path):
    folder = tmp_path / "new"
    left = folder / ".download-mnist" / "MNIST"
    left.mkdir(parents=True)
    with workplace("mnist", folder) as work:
        assert work.is_dir() and not left.exists()
        (work / "half").write_text("half")
        with pytest.raises(Busy, match="another process"), workplace("mnist", folder):
            pass
        tidy("mnist", folder)
        assert (work / "half").exists()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", FULL)
def test_a_download_puts_the_raw_files_in_place_and_nothing_else(sent, tmp_path, capfd, name):
    title = FULL[name].class_name
    server = sent("whole", title)
    (tmp_path / "data" / f".download-{name}" / title).mkdir(parents=True)  # an earlier try was killed
    assert download.main([name, str(tmp_path / "data")]) == 0
    assert capfd.readouterr() == ("", "")
    assert state(name, tmp_path / "data") == ("whole", [])
    found = {str(p.relative_to(tmp_path / "data")) for p in (tmp_path / "data").rglob("*") if p.is_file()}
    assert found == {f"{title}/raw/{file}" for file in archives.RAW} and set(server.asked) == set(archives.ARCHIVES)
    assert [p.name for p in (tmp_path / "data").iterdir()] == [title]


def test_a_damaged_set_is_made_whole_and_the_rest_of_the_folder_kept(sent, tmp_path):
    sent()
    archives.put(tmp_path)
    (tmp_path / "MNIST/raw/train-labels-idx1-ubyte").write_bytes(b"broken")
    (tmp_path / "MNIST/raw/notes.txt").write_text("mine")
    assert download.main(["mnist", str(tmp_path)]) == 0
    assert verify("mnist", tmp_path) == [] and (tmp_path / "MNIST/raw/notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("way", "says"), [("wrong", "checksum"), ("half", "the connection broke off"), ("stall", "timed out")]
)
def test_what_arrives_broken_is_not_kept(sent, tmp_path, capfd, monkeypatch, way, says):
    monkeypatch.setattr(download, "PATIENCE", 0.3)
    sent(way)
    said = fails("mnist", tmp_path, capfd)
    assert says in said and "copy a folder that holds MNIST/raw" in said
    assert list(tmp_path.iterdir()) == []


def test_archives_of_something_else_are_not_kept(sent, tmp_path, capfd, monkeypatch):
    """Should torchvision's checksums ever pass what ours do not."""
    sent()
    files = tuple(fullsets.RawFile(f.path, f.size, "0" * 64) for f in FULL["mnist"].files)
    monkeypatch.setitem(FULL, "mnist", fullsets.FullSet("mnist", "MNIST", "MNIST", files, 12, ""))
    assert "checksum" in fails("mnist", tmp_path, capfd) and list(tmp_path.iterdir()) == []


def test_offline_is_said_with_each_servers_answer(sent, tmp_path, capfd, monkeypatch):
    from torchvision.datasets import MNIST

    sent()
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:1/mnist/", "http://name.invalid/"])
    said = fails("mnist", tmp_path, capfd)
    assert "127.0.0.1:1: Connection refused; name.invalid: " in said and "is online" in said and "--data" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be kept in"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "Connection reset by peer"),
        (TimeoutError(), "TimeoutError"),
        (RuntimeError("File not found or corrupted."), "checksum"),
        (RuntimeError("words of another version"), "words of another version"),
    ],
)
def test_every_trouble_is_one_line(sent, tmp_path, capfd, monkeypatch, error, says):
    from torchvision import datasets

    class Broken:
        def __init__(self, folder, train, download):
            (Path(folder) / "MNIST" / "raw").mkdir(parents=True)
            raise error

    monkeypatch.setattr(datasets, "MNIST", Broken)
    said = fails("mnist", tmp_path, capfd)
    assert says in said and "MNIST" in said and "--data" in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(little, tmp_path, capfd):
    (tmp_path / "file").write_text("a file")
    said = fails("mnist", tmp_path / "file" / "data", capfd)
    assert "Not a directory" in said and "Name a folder" in said


def test_two_downloads_do_not_meet(little, tmp_path, capfd):
    with workplace("mnist", tmp_path):
        assert "by another process. Wait for it." in fails("mnist", tmp_path, capfd)


def test_a_fault_of_ours_is_not_hidden(little, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_fetch", lambda full, work: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        download.main(["mnist", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_call_is_exit_code_2(capfd):
    assert download.main(["mnist"]) == 2 and download.main(["cifar", "x"]) == 2
    assert capfd.readouterr().err.count("\n") == 2
