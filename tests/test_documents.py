"""The documents promise nothing that is not there: files, links, commands, flags, variables, requests, Python."""

from __future__ import annotations

import ast
import inspect
import json
import re
import shlex
from dataclasses import fields
from typing import get_args

import pytest
import tyro

from amgan.cli.command_line import COMMANDS
from amgan.cli.project.command import ProjectAction
from amgan.cli.review.command import ReviewAction
from amgan.model import AMGAN
from amgan.server.schemas import ImagesRequest, InterpolationRequest, JobRequest
from tests.cli.flags import flag_of
from tests.documents import DOCUMENTS, ROOT, anchors, code_blocks, prose, text_of

REQUESTS = {"/v1/images": ImagesRequest, "/v1/interpolations": InterpolationRequest, "/v1/jobs": JobRequest}
OTHERS_FLAGS = {"--help", "--logdir", "--nproc_per_node"} | {
    *("--mixed_precision", "--cpu", "--use_fsdp", "--use_deepspeed", "--use_megatron_lm", "--dynamo_backend"),
}
"""Those of tensorboard, torchrun and accelerate launch, and what every command has."""
YOURS = {"weights/mine"}
"""A folder that the reader makes."""

each_document = pytest.mark.parametrize("name", DOCUMENTS)


@each_document
def test_every_link_leads_somewhere(name):
    folder = (ROOT / name).parent
    for target, _, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(#([^)\s]*))?\)", prose(text_of(name))):
        file = (folder / target) if target else ROOT / name
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{target}#{anchor}"


@each_document
def test_every_file_that_is_named_is_there(name):
    for file in set(re.findall(r"`((?:amgan|benchmarks|docs|tests|weights)/[\w./-]+)`", text_of(name))) - YOURS:
        assert (ROOT / file).exists() or (ROOT / "amgan" / file).exists(), file


@each_document
def test_every_command_that_is_named_is_there(name):
    for command in re.findall(r"python -m amgan ([a-z][\w-]*)", text_of(name)):
        assert command in COMMANDS, command
    for module in re.findall(r"python -m ((?:amgan|benchmarks|tests)\.[\w.]+)", text_of(name)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module


@each_document
def test_every_command_can_be_read(name):
    for command, *flags in _our_commands(text_of(name)):
        # It says what is wrong, and exits, where a flag is not one of the command's.
        tyro.cli(COMMANDS[command].options, prog=command, args=flags, config=(tyro.conf.FlagCreatePairsOff,))


@each_document
def test_every_flag_that_is_named_is_there(name):
    named = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", " ".join(re.findall(r"`[^`]+`", prose(text_of(name))))))
    assert named <= _our_flags() | _flags_of_scripts() | OTHERS_FLAGS


@each_document
def test_every_variable_that_is_named_is_read(name):
    code = "".join(file.read_text(encoding="utf-8") for file in [*(ROOT / "amgan").rglob("*.py"), ROOT / "app.py"])
    for variable in set(re.findall(r"\b(?:AMGAN|GRADIO)_[A-Z_]+\b", text_of(name))):
        assert f'"{variable}"' in code, variable


@each_document
def test_every_request_is_one_that_the_server_takes(name):
    for words in _commands(text_of(name)):
        if "curl" in words and "-d" in words:
            (path,) = [re.sub(r"^localhost:\d+", "", word) for word in words if word.startswith("localhost")]
            REQUESTS[path].model_validate_json(words[words.index("-d") + 1])


@each_document
def test_every_piece_of_json_is_json(name):
    for block in code_blocks(text_of(name), "json"):
        json.loads(block)


@each_document
def test_every_call_in_python_fits(name):
    for block in code_blocks(text_of(name), "python"):
        for call in ast.walk(ast.parse(block)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                method = inspect.getattr_static(AMGAN, call.func.attr)
                given = [None] * (len(call.args) + 1)
                signature = inspect.signature(getattr(method, "__func__", method))
                signature.bind(*given, **{str(keyword.arg): None for keyword in call.keywords})


def test_commands_are_found():
    found = [words[0] for name in DOCUMENTS for words in _our_commands(text_of(name))]
    assert set(found) >= set(COMMANDS) - {"bench"}, "else the tests above would see nothing"


def test_headings_make_the_anchors_of_github():
    text = "# A `b` c\n## Who's (there)?\n```\n# no heading\n```\n## GET /v1/jobs/{job_id}\n# A `b` c\n"
    assert anchors(text) == {"a-b-c", "whos-there", "get-v1jobsjob_id", "a-b-c-1"}


def _commands(text: str) -> list[list[str]]:
    """The words of each command in a document's blocks of shell."""
    lines = "\n".join(code_blocks(text, "sh")).replace("\\\n", " ").splitlines()
    commands = [[]]
    for line in lines:
        for word in shlex.split(line, comments=True):
            if word in ("&&", "|"):
                commands.append([])
            else:
                commands[-1].append(word)
        commands.append([])
    return commands


def _our_commands(text: str) -> list[list[str]]:
    """Those of them that are ours, from the name of the command on."""
    return [
        words[words.index("amgan") + 1 :]
        for words in _commands(text)
        if "amgan" in words and words[words.index("amgan") - 1] in ("-m", "--")
    ]


def _our_flags() -> set[str]:
    kinds = [
        *(command.options for command in COMMANDS.values()),
        *(get_args(action)[0] for action in get_args(ReviewAction | ProjectAction)),
    ]
    return {flag_of(field) for kind in kinds for field in fields(kind)}


def _flags_of_scripts() -> set[str]:
    """Of the tests' options, and of the benchmarks, whose flags are the fields of a class."""
    options = re.findall(r'addoption\(\s*"--([\w-]+)"', (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    for script in (ROOT / "benchmarks").glob("*.py"):
        options += re.findall(r"^    (\w+): [\w |]+(?: = .*)?$", script.read_text(encoding="utf-8"), re.MULTILINE)
    return {f"--{name.replace('_', '-')}" for name in options}
