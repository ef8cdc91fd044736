"""``/v1/jobs``: from the request to the file."""

from __future__ import annotations

import io
import json
import os
import socket
import time
import zipfile
from pathlib import Path

import datasets
import numpy as np
import pytest
from PIL import Image

from amgan.bulk.job_store import JobStore
from amgan.model import AMGAN
from tests.models import NAMES
from tests.server.running import problem


@pytest.fixture(scope="module")
def model(weights):
    return AMGAN.from_pretrained(weights / "dynamic")


def until_over(client, job_id):
    for _ in range(1200):
        job = client.get(f"/v1/jobs/{job_id}").json()
        if job["state"] not in ("waiting", "running"):
            return job
        time.sleep(0.05)
    raise AssertionError(f"the job stays {job}")


def start(client, **asked):
    answer = client.post("/v1/jobs", json=asked)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert job["state"] in ("waiting", "running", "done")
    return job


def test_a_zip_holds_the_pictures_of_its_names(client, model):
    job = start(client, labels={NAMES[0]: 5, NAMES[2]: 4}, seed=2)
    done = until_over(client, job["id"])
    assert (done["state"], done["total"], done["done"], done["packed"]) == ("done", 9, 9, 9)
    assert done["revision"] == model.revision
    answer = client.get(done["result"])
    assert int(answer.headers["content-length"]) == len(answer.content) == done["bytes"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        rows = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
        assert [(row["class"], row["seed"]) for row in rows] == [
            (name, seed) for name, count in ((NAMES[0], 5), (NAMES[2], 4)) for seed in range(2, 2 + count)
        ]
        for row in rows:
            picture = np.asarray(Image.open(io.BytesIO(archive.read(row["file"]))))
            assert np.array_equal(picture, model.sample(row["class"], row["seed"])[0].squeeze(-1))


def test_a_table_is_read_by_datasets(client, model, tmp_path):
    done = until_over(client, start(client, n=6, format="parquet")["id"])
    (tmp_path / "train.parquet").write_bytes(client.get(done["result"]).content)
    table = datasets.load_dataset(
        "parquet", data_files=str(tmp_path / "train.parquet"), split="train", cache_dir=str(tmp_path / "cache")
    )
    pictures = np.stack([np.asarray(picture) for picture in table["image"]])
    assert np.array_equal(pictures, model.sample(seeds=range(6))[..., 0])


def test_parts_of_the_result_can_be_fetched(client):
    done = until_over(client, start(client, n=3, format="npz")["id"])
    whole = client.get(done["result"]).content
    part = client.get(done["result"], headers={"Range": "bytes=10-29"})
    assert part.status_code == 206
    assert part.content == whole[10:30]
    two = client.get(done["result"], headers={"Range": "bytes=0-4,100-109"})
    assert two.status_code == 206
    boundary = two.headers["content-type"].partition("boundary=")[2].encode()
    parts = [part.partition(b"\r\n\r\n")[2] for part in two.content.split(b"--" + boundary)[1:-1]]
    assert parts == [whole[:5] + b"\r\n", whole[100:110] + b"\r\n"]
    # So many would take longer to list than the file: it comes whole.
    tiny = ",".join(f"{first}-{first}" for first in range(0, 20_000, 2))
    assert client.get(done["result"], headers={"Range": f"bytes={tiny}"}).content == whole
    for seen, status in ((part.headers["etag"], 206), (part.headers["last-modified"], 206), ('"another"', 200)):
        assert client.get(done["result"], headers={"Range": "bytes=0-9", "If-Range": seen}).status_code == status
    assert client.get(f"/results/{done['id']}").content == whole
    assert client.head(done["result"]).headers["content-length"] == str(len(whole))
    for wrong in ("bytes=x", "lines=1-2", "bytes=9-2"):
        assert "bytes=FIRST-LAST" in problem(client.get(done["result"], headers={"Range": wrong}), 400)
    beyond = client.get(done["result"], headers={"Range": f"bytes={len(whole)}-"})
    assert "no such part" in problem(beyond, 416)
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_result_that_was_taken_away_is_not_found(client, monkeypatch, when):
    done = until_over(client, start(client, n=3, format="npz")["id"])
    if when == "between":
        monkeypatch.setattr(JobStore, "result", lambda store, job_id: store.folder / job_id / "secret")
    else:
        monkeypatch.setattr(Path, "is_file", lambda path: False)
    problem(client.get(done["result"]), 404)


def test_a_file_that_vanishes_before_it_is_opened_is_not_found(client, monkeypatch):
    done = until_over(client, start(client, n=3, format="npz")["id"])

    async def vanished(path, *_, **__):
        Path(path).unlink(missing_ok=True)
        raise FileNotFoundError(path)

    monkeypatch.setattr("anyio.open_file", vanished)
    problem(client.get(done["result"]), 404)


def test_to_remove_a_job_frees_its_room_whoever_is_fetching_it(client, caplog):
    done = until_over(client, start(client, n=6000, format="npz")["id"])
    (result,) = (path for path in client.jobs.folder.rglob("shards.zip") if done["id"] in path.parts)
    errors = failures(client)
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=30) as fetching:
        fetching.sendall(f"GET {done['result']} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        fetched = len(fetching.recv(1000))
        with result.open("rb") as opened:
            assert client.delete(f"/v1/jobs/{done['id']}").status_code == 200
            assert not os.fstat(opened.fileno()).st_size
        while part := fetching.recv(1 << 20):
            fetched += len(part)
    assert fetched < done["bytes"]
    assert not [record for record in caplog.records if record.exc_info]
    assert failures(client) == errors


def failures(client):
    return [line for line in client.get("/metrics").text.splitlines() if line.startswith("amgan_errors_total")]


def test_a_job_can_be_cancelled_and_is_then_gone(client):
    job = start(client, n=1_000_000)
    early = client.get(f"/v1/jobs/{job['id']}/result")
    assert early.status_code == 409
    assert "the job is" in early.json()["detail"]
    assert client.delete(f"/v1/jobs/{job['id']}").json()["state"] == "cancelled"
    for answer in (
        client.get(f"/v1/jobs/{job['id']}"),
        client.delete(f"/v1/jobs/{job['id']}"),
        client.get(f"/v1/jobs/{job['id']}/result"),
        client.get("/results/../jobs"),
        client.get("/v1/jobs/" + "0" * 32),
    ):
        assert answer.status_code == 404
        assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "n, for any class, or labels"),
        ({"n": 3, "labels": {NAMES[0]: 3}}, "n, for any class, or labels"),
        ({"labels": {}}, "how many of each class"),
        ({"labels": {"Hat": 3}}, "no class"),
        ({"n": 20_000_000}, "at most"),
        ({"n": 10, "seed": 2**32 - 5}, "largest seed"),
    ],
)
def test_what_cannot_be_is_a_sentence(client, asked, says):
    answer = client.post("/v1/jobs", json=asked)
    assert answer.status_code == 422
    assert says in answer.text


def test_other_models_and_revisions_are_not_found(client):
    assert client.post("/v1/jobs", json={"n": 3, "model": "nothing"}).status_code == 404
    assert client.post("/v1/jobs", json={"n": 3, "revision": "0" * 40}).status_code == 404
