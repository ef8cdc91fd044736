"""`push --endpoint`: a repository in which the toolkit of Inference Endpoints finds a handler that draws."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from amgan import AMGAN
from amgan.hub.endpoint_files import HANDLER, HANDLER_TEXT
from tests.hub.server import OWNER

TOOLKIT = """
import importlib.util, json, sys

folder = sys.argv[1]
sys.path.insert(0, folder)
spec = importlib.util.spec_from_file_location("handler.EndpointHandler", f"{folder}/handler.py")
module = importlib.util.module_from_spec(spec)
sys.modules["handler.EndpointHandler"] = module
spec.loader.exec_module(module)
handler = module.EndpointHandler(folder)
answer = handler({"inputs": "Bag", "parameters": {"n": 2}})
import amgan
print(json.dumps({"amgan": amgan.__file__, "seeds": [one["seed"] for one in answer["images"]], **answer}))
"""
"""What the toolkit does with a repository's folder, in a process that knows no other copy of the package."""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the current folder cannot be kept out of this Python")
def test_the_toolkit_finds_all_that_it_needs(hub, client, release, tmp_path):
    client.call("push", folder=release, repo="user/drawn", endpoint=True, token=OWNER)
    repository = hub.repositories["user/drawn"]
    files = {name: blob.content for name, blob in repository.head.files.items()}
    assert not [
        name
        for name in files
        if name.startswith(("amgan/server", "amgan/training", "amgan/cli", "amgan/export", "tests"))
    ]
    assert b"\ngradio" not in files["requirements.txt"]
    assert b"\ntorch>=" in files["requirements.txt"]
    for name, content in files.items():
        (tmp_path / "repository" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repository" / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-P", "-c", TOOLKIT, str(tmp_path / "repository")], cwd=tmp_path,
        env={"OMP_NUM_THREADS": "1", "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["amgan"].startswith(str(tmp_path))
    assert answer["seeds"] == [0, 1]
    assert answer["revision"] == AMGAN.from_pretrained(release).revision

    # As any model: what lies beside it does not matter.
    assert client.call("pull", repo="user/drawn")["pictures"] == client.call("pull", repo=str(release))["pictures"]


def test_what_an_earlier_version_put_there_goes_and_what_others_did_stays(hub, client, release):
    client.call("push", folder=release, repo="user/older", endpoint=True, token=OWNER)
    repository = hub.repositories["user/older"]
    before = set(repository.head.files)
    repository.put(**{"amgan/gone.py": b"", "mine.txt": b"mine", "handler.py": HANDLER_TEXT.encode()})
    client.call("push", folder=release, repo="user/older", endpoint=True, token=OWNER)
    assert set(repository.head.files) == before | {"mine.txt"}
    # Without the flag the release goes up alone, and the handler stays.
    client.call("push", folder=release, repo="user/older", token=OWNER)
    assert set(repository.head.files) == before | {"mine.txt"}


def test_a_handler_of_somebody_else_is_kept(hub, client, release):
    client.call("push", folder=release, repo="user/own", token=OWNER)
    repository = hub.repositories["user/own"]
    repository.put(handler__py=b"class EndpointHandler: ...")
    head = repository.head
    told = client.error("PublishError", "push", folder=release, repo="user/own", endpoint=True, token=OWNER)
    assert f"its {HANDLER} is somebody's own" in told
    assert repository.head is head
