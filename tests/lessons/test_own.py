"""An instructor's own data: what is read, and what is refused with a reason."""

import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.mistakes import Mistake
from lessons.own import OwnData, inspect, rules

HEADER = "a,b,label\n"
ROWS = [f"{i}.5,-{i}e-1,{i % 3}" for i in range(12)]
GOOD = HEADER + "\n".join(ROWS) + "\n"
X = np.arange(24, dtype=np.float32).reshape(12, 2)
Y = np.arange(12) % 3


def short(value):
    """A test's name: some of the contents are large or binary."""
    return repr(value)[:50] if isinstance(value, str) else type(value).__name__


def save(folder, name, content):
    """A file of that name; text is written as UTF-8, a dict as an .npz."""
    path = folder / name
    if isinstance(content, dict):
        np.savez(path, **content)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path):
    with pytest.raises(Mistake) as caught:
        inspect(path)
    text = str(caught.value)
    assert "\n" not in text and len(text) < 400
    return text


def with_line(number, line):
    """The good CSV with one of its lines replaced."""
    lines = GOOD.splitlines()
    lines[number - 1] = line
    return "\n".join(lines)


def packed(**members):
    """A zip with these bytes as its .npy members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            # A ZipInfo has no clock in it, so the bytes are the same in each run.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def header(shape, descr="<f4", version=1):
    """The header of a .npy that promises this shape, with no values behind it."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(text)) + text


def test_a_csv_with_labels_is_a_classification(tmp_path):
    path = save(tmp_path, "iris-2.csv", GOOD)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert inspect(path) == OwnData(str(path.resolve()), digest, "classification", 2, 3, 8, 2)
    assert inspect(str(path)).name == "iris-2.csv"


def test_a_csv_with_targets_is_a_regression(tmp_path):
    text = "a,target\n" + "\n".join(f"{i},{i / 7}" for i in range(19))
    data = inspect(save(tmp_path, "line.csv", text))
    assert (data.task, data.inputs, data.outputs, data.rows, data.held_back) == ("regression", 1, 1, 13, 3)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD + "\n\n",
        GOOD.rstrip(),
        GOOD.replace(",", " ,\t"),
        GOOD.replace("a,b", '"a, first","b"'),
        GOOD.replace("a,b", "#a,größe\x85\u2028"),
        GOOD.replace(",1\n", ",1.0\n"),
    ],
    ids=short,
)
def test_harmless_varieties_of_csv_are_read(tmp_path, text):
    path = save(tmp_path, "d.csv", text.encode())
    data = inspect(path)
    assert (data.inputs, data.outputs, data.rows) == (2, 3, 8)
    read = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.float32, ndmin=2, encoding="utf-8-sig")
    assert read.shape == (12, 3) and read[1].tolist() == pytest.approx([1.5, -0.1, 1])


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "g", "i1", "u8", "?"])
@pytest.mark.parametrize("kind", ["i1", "u8", ">i4"])
def test_an_npz_of_any_real_type_is_read(tmp_path, dtype, kind):
    data = inspect(save(tmp_path, "d.npz", {"x": X.astype(dtype), "y": Y.astype(kind)}))
    assert (data.task, data.inputs, data.outputs, data.rows, data.held_back) == ("classification", 2, 3, 8, 2)


def test_an_npz_with_float_answers_is_a_regression(tmp_path):
    data = inspect(save(tmp_path, "d.npz", {"x": np.asfortranarray(X), "y": Y / 2}))
    assert (data.task, data.outputs) == ("regression", 1)


def test_pictures_in_an_npz_are_flattened(tmp_path):
    path = tmp_path / "d.npz"
    np.savez_compressed(path, x=np.zeros((20, 3, 4, 5), np.uint8), y=np.arange(20) % 2)
    assert (inspect(path).inputs, inspect(path).rows) == (60, 12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("\n\n\n", "line 1, column 1: the last column's name is missing"),
        (GOOD.replace("label", "class"), "line 1, column 3: the last column's name is 'class'. Allowed: label"),
        (GOOD.replace("label", "Label"), "Allowed: label"),
        (GOOD.replace(",", ";"), "line 1, column 1: the last column's name is 'a;b;label'"),
        ("\n".join(ROWS), "The first line must be the columns' names"),
        (GOOD.replace("a,b", '"a\n",b'), "line 1: the header cannot be read"),
        (GOOD.replace("a,b", "a" * 200_000), "line 1: the header cannot be read"),
        (GOOD.replace("a,b", ",b"), "line 1, column 1 has no name"),
        ("label\n" + "0\n1\n" * 9, "no column besides label"),
        ("a," * 4096 + "label\n", "line 1: there are 4,097 columns; 4,096 are allowed"),
        (HEADER, "too few rows (0); at least 10"),
        (HEADER + "\n".join(ROWS[:9]), "too few rows (9); at least 10"),
        (HEADER + "1,2,0\n" * 200_001, "200,001 rows; 200,000 are allowed"),
        (with_line(4, "1,2"), "line 4, column 3: the line has 2 cells, the header has 3"),
        (with_line(4, "1,2,0,0"), "line 4, column 4: the line has 4 cells"),
        (with_line(4, "1,2,0,"), "line 4, column 4: the line has 4 cells"),
        (with_line(4, ""), "line 4 is blank. Delete it"),
        (with_line(4, "  "), "line 4, column 2: the line has 1 cells"),
        (with_line(4, "1,,0"), "line 4, column 2 ('b') is empty"),
        (with_line(4, "1, ,0"), "line 4, column 2 ('b') is empty"),
        (with_line(13, "1,two,0"), "line 13, column 2 ('b'): 'two' is not a number"),
        (with_line(4, "1,nan,0"), "line 4, column 2 ('b'): 'nan' is not a number. Allowed: finite numbers"),
        (with_line(4, "1,-inf,0"), "'-inf' is not a number"),
        (with_line(4, '1,"2",0'), "Write it without quotes"),
        (with_line(4, "1,2,0 # good"), "line 4, column 3 ('label'): '0 # good' is not a number"),
        (with_line(4, "# a comment"), "line 4, column 1 ('a'): '# a comment' is not a number"),
        (with_line(4, "1_0,2,0"), "'1_0' is not a number"),
        (with_line(4, "٣,2,0"), "line 4, column 1 ('a'): '٣' is not a number"),
        (with_line(4, "1\u00a0,2,0"), "is not a number"),
        (with_line(4, "1\u2028,2,0"), "is not a number"),
        (with_line(4, "1\v,2,0"), "is not a number"),
        (with_line(4, "1 2,2,0"), "'1 2' is not a number"),
        (with_line(4, "0x1f,2,0"), "'0x1f' is not a number"),
        (with_line(4, "1-,2,0"), "'1-' is not a number"),
        (with_line(4, "1," + "9" * 140_000 + ",0"), "line 4: a cell is too long"),
        (with_line(4, "1,2e30,0"), "line 4, column 2 ('b'): 2e+30 is not allowed. Allowed: finite numbers from -1e+15"),
        (with_line(4, "1,-1e999,0"), "line 4, column 2 ('b'): -inf is not allowed"),
        (with_line(4, "1,2,0.5"), "line 4, column 3 ('label'): 0.5 is no class. Allowed: whole numbers from 0 to 999"),
        (with_line(4, "1,2,0.9999999999"), "is no class"),
        (with_line(4, "1,2,-1"), "line 4, column 3 ('label'): -1 is no class"),
        (with_line(4, "1,2,1000"), "line 4, column 3 ('label'): 1000 is no class"),
        (with_line(4, "1,2,7"), "class 3 has no rows, and labels go up to 7"),
        (HEADER + "1,2,0\n" * 12, "every label is 0; at least 2 classes"),
        (HEADER + "1,2,1\n" * 12, "class 0 has no rows"),
        (GOOD.encode("utf-16"), "line 1 has a NUL byte"),
        (with_line(4, "1,2\0,0"), "line 4 has a NUL byte"),
        (with_line(4, "1,2é,0").encode("latin-1"), "line 4 is no UTF-8 text"),
        (b"\xef\xbb\xbf" + with_line(4, "1,2é,0").encode("latin-1"), "line 4 is no UTF-8 text"),
        (packed(x=npy(X), y=npy(Y)), "NUL byte"),
    ],
    ids=short,
)
def test_a_csv_is_refused_by_line_and_column(tmp_path, text, says):
    told = refusal(save(tmp_path, "d.csv", text))
    assert told.startswith("d.csv: ") and says in told


def test_a_text_that_loadtxt_reads_otherwise_is_refused(tmp_path, monkeypatch):
    path = save(tmp_path, "d.csv", GOOD)
    for odd in (np.zeros((12, 3)), np.zeros((11, 3))):
        monkeypatch.setattr(np, "loadtxt", lambda *_, odd=odd, **__: odd)
        assert "np.loadtxt reads other numbers" in refusal(path)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"x": X}, "has no array y. Needed: x and y"),
        ({"y": Y}, "has no array x"),
        ({"x": X, "y": Y, "names": Y}, "has a member 'names'. Allowed: x and y"),
        ({"x": X[:, 0], "y": Y}, "x has the shape (12,). Allowed: (rows, features)"),
        ({"x": np.float32(1), "y": Y}, "x has the shape ()"),
        ({"x": X[:, :0], "y": Y}, "x has the shape (12, 0)"),
        ({"x": X, "y": Y[:11]}, "y has the shape (11,). Allowed: (12,)"),
        ({"x": X, "y": Y[:, None]}, "y has the shape (12, 1). Allowed: (12,)"),
        ({"x": X[:9], "y": Y[:9]}, "too few rows (9)"),
        ({"x": X.astype("c8"), "y": Y}, "x holds 'complex64'. Allowed: floats, integers, booleans"),
        ({"x": X.astype("U3"), "y": Y}, "x holds '<U3'"),
        ({"x": X.astype("i8").astype("M8[s]"), "y": Y}, "x holds 'datetime64[s]'"),
        ({"x": np.zeros((12, 2), "f4,i4"), "y": Y}, "x holds"),
        ({"x": X, "y": Y > 0}, "y holds 'bool'. Allowed: integers (classes) or floats"),
        ({"x": X.astype(object), "y": Y}, "x holds Python objects, which are never unpickled"),
        ({"x": X, "y": Y.astype(object)}, "y holds Python objects"),
        ({"x": np.where(X == 7, np.nan, X), "y": Y}, "x[3], feature 1: nan is not allowed"),
        ({"x": np.where(X == 7, np.inf, X).astype("f2"), "y": Y}, "x[3], feature 1: inf is not allowed"),
        ({"x": X - 1e31, "y": Y}, "from -1e+15 to 1e+15"),
        ({"x": X, "y": np.where(Y == 2, np.nan, Y)}, "y[2]: nan is not allowed"),
        ({"x": X, "y": Y - 1}, "y[0]: -1 is no class"),
        ({"x": X, "y": Y.astype("u8") + 2**63}, "is not allowed"),
        ({"x": X, "y": Y * 2}, "class 1 has no rows, and labels go up to 4"),
        ({"x": X, "y": Y * 0}, "every label is 0"),
    ],
    ids=short,
)
def test_an_npz_is_refused_with_a_reason(tmp_path, members, says):
    told = refusal(save(tmp_path, "d.npz", members))
    assert told.startswith("d.npz: ") and says in told


class Trap:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def test_a_pickle_in_an_npz_is_not_run(tmp_path):
    trap = np.empty((12, 2), object)
    trap[:] = Trap(tmp_path / "sprung")
    assert "never unpickled" in refusal(save(tmp_path, "d.npz", {"x": trap, "y": Y}))
    assert "cannot be read" in refusal(save(tmp_path, "e.npz", trap.dumps()))
    assert not (tmp_path / "sprung").exists()


GOOD_NPZ = packed(x=npy(X), y=npy(Y))


def central(data, offset, value):
    """The zip with four bytes of its first central directory entry replaced."""
    at = data.index(b"PK\x01\x02") + offset
    return data[:at] + struct.pack("<L", value) + data[at + 4 :]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (packed(x=header((10**12, 1)), y=npy(Y)), "would take 4,000,000,000,000 bytes; 200,000,000 are allowed"),
        (packed(x=header((10**40, 10**40)), y=npy(Y)), "200,000,000 are allowed"),
        (packed(x=npy(X), y=header((10**12,), "<i8")), "200,000,000 are allowed"),
        (packed(x=header((12, 2)), y=npy(Y)), "x says in its header that it has 96 bytes, and has others"),
        (packed(x=header((12, 2)) + bytes(200), y=npy(Y)), "x says in its header"),
        (packed(x=header((12, -2)) + bytes(96), y=npy(Y)), "a negative size"),
        (packed(x=header((12, 2), version=3) + bytes(96), y=npy(Y)), "x has a header of version (3, 0)"),
        (packed(x=header((12, 2), "V" * 9000), y=npy(Y)), "cannot be read as an .npz"),
        (packed(x=header("(" * 5000), y=npy(Y)), "cannot be read as an .npz"),
        (packed(x=header("1 and 0or 1"), y=npy(Y)), "cannot be read as an .npz"),
        (packed(x=b"", y=npy(Y)), "cannot be read as an .npz"),
        (packed(x=b"1,2,3\n", y=npy(Y)), "cannot be read as an .npz"),
        (central(GOOD_NPZ, 24, 10**9), "its arrays would take 1,000,000,"),
        (central(GOOD_NPZ, 24, 150), "Bad CRC-32"),
        (central(GOOD_NPZ, 24, 300), "x says in its header that it has 96 bytes, and has others"),
        (central(GOOD_NPZ, 16, 0), "cannot be read as an .npz"),
        (central(GOOD_NPZ, 20, 30), "cannot be read as an .npz"),
        (central(GOOD_NPZ, 8, 1 | 8 << 16), "cannot be read as an .npz"),
        (central(GOOD_NPZ, 8, 14 << 16), "x is packed in a way that numpy does not use"),
        (GOOD_NPZ[:-30], "cannot be read as an .npz"),
        (GOOD_NPZ[: len(GOOD_NPZ) // 2], "cannot be read as an .npz"),
        (b"#!/bin/sh\n" + GOOD_NPZ, "cannot be read as an .npz"),
        (npy(X), "cannot be read as an .npz"),
        (GOOD, "cannot be read as an .npz ('File is not a zip file'). Save it with np.savez"),
        (b"", "is empty"),
    ],
    ids=short,
)
def test_a_damaged_or_lying_npz_is_refused(tmp_path, data, says):
    assert says in refusal(save(tmp_path, "d.npz", data))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_array_that_is_there_twice_is_refused(tmp_path):
    path = save(tmp_path, "d.npz", GOOD_NPZ)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x.npy", npy(X + 1))
    assert "has an array twice" in refusal(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "d.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("x.npy", "w") as member:
            member.write(header((12, 17_000_000), "|u1"))
            for _ in range(204):
                member.write(bytes(1_000_000))
        archive.writestr("y.npy", npy(Y))
    assert path.stat().st_size < 2_000_000
    monkeypatch.setattr(np, "load", None)
    assert "200,000,000 are allowed" in refusal(path)


@pytest.mark.parametrize(
    "name",
    [
        "d.CSV",
        "d.txt",
        "d",
        ".csv",
        "-d.csv",
        "_d.npz",
        "a b.csv",
        "d.csv.npz",
        "é.csv",
        "٣.csv",
        "d'.csv",
        "d.csv\n",
        "d\n.csv",
        "d\0.csv",
        "\ud800.csv",
        "..",
        "",
    ],
)
def test_a_file_name_that_does_not_belong_into_code_is_refused(tmp_path, name):
    told = refusal(f"{tmp_path}/{name}" if name else "")
    assert "file name" in told and "Rename the file" in told


def test_a_file_name_may_have_forty_characters(tmp_path):
    assert inspect(save(tmp_path, "a" * 36 + ".csv", GOOD)).rows == 8
    assert "at most 40 characters" in refusal(save(tmp_path, "a" * 37 + ".csv", GOOD))


def test_only_a_regular_file_is_opened(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    for name in ("folder.csv", "pipe.csv", "device.csv"):
        assert f"{name}: this is no regular file" in refusal(tmp_path / name)


def test_what_cannot_be_opened_is_refused(tmp_path):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "gone.csv").symlink_to("nowhere")
    assert "missing.csv: cannot be read (No such file" in refusal(tmp_path / "missing.csv")
    assert "cannot be read" in refusal(tmp_path / "loop.csv")
    assert "cannot be read" in refusal(tmp_path / "gone.csv")
    assert "cannot be read" in refusal(tmp_path / ("a" * 300) / "d.csv")
    assert "control characters" in refusal(f"{tmp_path}/a\nb/d.csv")
    assert "control characters" in refusal(f"{tmp_path}/a\0b/d.csv")


def test_a_link_keeps_its_name_and_its_path_is_absolute(tmp_path, monkeypatch):
    save(tmp_path, "blob", GOOD)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "d.csv").symlink_to("../blob")
    monkeypatch.chdir(tmp_path / "sub")
    assert inspect("../sub/./d.csv").path == str(tmp_path.resolve() / "sub" / "d.csv")


def test_a_file_too_large_is_not_read(tmp_path):
    path = save(tmp_path, "d.csv", GOOD)
    os.truncate(path, rules.MAX_BYTES + 1)
    assert "has 20,000,001 bytes; 20,000,000 are allowed" in refusal(path)


DATA = OwnData("/data/d.csv", "0f" * 32, "classification", 2, 3, 8, 2)


def test_own_data_survives_json():
    assert OwnData.from_dict(json.loads(json.dumps(DATA.to_dict()))) == DATA
    held = 20_000_000
    wide = OwnData("/data/d.npz", "0f" * 32, "regression", 2, 1, 3 * held, held)
    assert OwnData.from_dict(wide.to_dict()) == wide


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"path": "d.csv"}, "path cannot be 'd.csv'. Allowed: an absolute path"),
        ({"path": 7}, "path cannot be 7"),
        ({"path": "/data/d.csv\n"}, "path cannot be"),
        ({"path": "/da\nta/d.csv"}, "path cannot be"),
        ({"path": "/da\ud800ta/d.csv"}, "path cannot be"),
        ({"path": "/data/d.py"}, "file name 'd.py' is not allowed"),
        ({"path": "/data/"}, "file name 'data' is not allowed"),
        ({"path": "/a" * 3000 + "/d.csv"}, "path cannot be"),
        ({"sha256": "0F" * 32}, "sha256 cannot be"),
        ({"sha256": "0f" * 31}, "sha256 cannot be"),
        ({"sha256": "0f" * 32 + "\n"}, "sha256 cannot be"),
        ({"sha256": None}, "sha256 cannot be this NoneType"),
        ({"task": "clustering"}, "task cannot be 'clustering'. Allowed: classification, regression"),
        ({"task": ["regression"]}, "task cannot be this list"),
        ({"task": "regression"}, "outputs cannot be 3. Allowed: 1"),
        ({"outputs": 1}, "outputs cannot be 1. Allowed: a whole number from 2 to 12"),
        ({"outputs": 13}, "outputs cannot be 13"),
        ({"inputs": 0}, "inputs cannot be 0. Allowed: a whole number from 1 to 4095"),
        ({"inputs": 4096}, "inputs cannot be 4096"),
        ({"inputs": 2.0}, "inputs cannot be 2.0"),
        ({"inputs": True}, "inputs cannot be True"),
        ({"inputs": float("nan")}, "inputs cannot be nan"),
        ({"inputs": 10**5000}, "inputs cannot be this int"),
        ({"path": "/data/d.npz", "inputs": 20_000_000}, "inputs cannot be 20000000"),
        ({"rows": "8"}, "rows cannot be '8'"),
        ({"rows": 5, "held_back": 1}, "held_back cannot be 1"),
        ({"rows": 11}, "held_back cannot be 2. Allowed: a fifth"),
        ({"rows": 120_004, "held_back": 40_001}, "held_back cannot be 40001"),
        ({"held_back": -2}, "held_back cannot be -2"),
        ({"held_back": 3}, "held_back cannot be 3"),
        ({"outptus": 3}, "Did you mean 'outputs'?"),
        ({7: 3}, "field of own data 'int' is not known"),
    ],
    ids=short,
)
def test_garbage_for_a_field_is_refused(change, says):
    with pytest.raises(Mistake) as caught:
        OwnData.from_dict(DATA.to_dict() | change)
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("table", [None, [], "text", 7, {}, {"path": "/d.csv"}, [("path", "/d.csv")]])
def test_garbage_for_all_fields_is_refused(table):
    with pytest.raises(Mistake, match=r"(?i)own data"):
        OwnData.from_dict(table)


def read_or_refuse(path, content):
    path.write_bytes(content)
    try:
        data = inspect(path)
    except Mistake as mistake:
        assert "\n" not in str(mistake)
    else:
        assert OwnData.from_dict(data.to_dict()) == data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("name", ["d.csv", "d.npz"])
def test_random_bytes_are_read_or_refused(folder, name):
    @settings(max_examples=100, deadline=None, database=None)
    @given(st.binary(max_size=300))
    def check(content):
        read_or_refuse(folder / name, content)

    check()


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(st.text("0123456789.,-+eE \t\r\n\"'#naif_", max_size=12), min_size=8, max_size=14))
def test_random_cells_are_read_or_refused(folder, lines):
    read_or_refuse(folder / "d.csv", (HEADER + "1,2,0\n1,2,1\n" + "\n".join(lines)).encode())


@pytest.mark.parametrize(("name", "good"), [("d.csv", GOOD.encode()), ("d.npz", GOOD_NPZ)], ids=short)
def test_a_good_file_with_changed_bytes_is_read_or_refused(folder, name, good):
    @settings(max_examples=200, deadline=None, database=None)
    @given(st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), max_size=4), st.integers(0, 40))
    def check(changes, cut):
        content = bytearray(good)
        for at, value in changes:
            content[at] = value
        read_or_refuse(folder / name, bytes(content[: len(good) - cut] if cut > 30 else content))

    check()


@settings(max_examples=150, deadline=None, database=None)
@given(st.binary(max_size=100), st.lists(st.tuples(st.integers(0, 150), st.integers(0, 255)), max_size=4))
def test_an_array_with_changed_bytes_is_read_or_refused(folder, tail, changes):
    content = bytearray(npy(X))
    for at, value in changes:
        content[at] = value
    read_or_refuse(folder / "d.npz", packed(x=bytes(content) + tail, y=npy(Y)))


def test_importing_own_loads_neither_numpy_nor_torch():
    code = "import sys, lessons.own; print([m for m in ('numpy', 'torch') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
