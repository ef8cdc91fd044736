"""The manifest for KubeRay, as far as it can be looked at without a cluster; fields as KubeRay documents ray.io/v1."""

from __future__ import annotations

import re

import pytest
import yaml

from amgan.server.settings import ServerConfig
from tests.documents import ROOT

CLAIM, SERVICE = yaml.safe_load_all((ROOT / "deploy" / "rayservice.yaml").read_text(encoding="utf-8"))
SERVE = yaml.safe_load(SERVICE["spec"]["serveConfigV2"])
CLUSTER = SERVICE["spec"]["rayClusterConfig"]
PODS = [group["template"]["spec"] for group in (CLUSTER["headGroupSpec"], *CLUSTER["workerGroupSpecs"])]
IMAGE = (ROOT / "deploy" / "ray.Dockerfile").read_text(encoding="utf-8")
VARIABLES = {field.metadata.get("variable") for field in ServerConfig.__dataclass_fields__.values()}


def test_it_is_a_rayservice_of_known_fields():
    assert (SERVICE["apiVersion"], SERVICE["kind"]) == ("ray.io/v1", "RayService")
    assert {*SERVICE["spec"]} <= {
        "serveConfigV2", "rayClusterConfig", "serveService", "upgradeStrategy", "rayClusterDeletionDelaySeconds",
        "excludeHeadPodFromServeSvc",
    }  # fmt: skip
    assert {*CLUSTER} <= {
        "rayVersion", "headGroupSpec", "workerGroupSpecs", "enableInTreeAutoscaling", "autoscalerOptions",
        "gcsFaultToleranceOptions", "headServiceAnnotations", "suspend", "managedBy",
    }  # fmt: skip
    assert {*CLUSTER["headGroupSpec"]} == {"rayStartParams", "template"}
    for group in CLUSTER["workerGroupSpecs"]:
        assert {*group} == {"groupName", "replicas", "minReplicas", "maxReplicas", "rayStartParams", "template"}


def test_it_serves_our_deployment_and_there_is_room_for_its_replicas():
    (application,) = SERVE["applications"]
    assert application["import_path"] == "amgan.server.ray_app:app"
    assert application["route_prefix"] == "/"
    (deployment,) = application["deployments"]
    assert deployment["name"] == "amgan"
    scaling, (group,) = deployment["autoscaling_config"], CLUSTER["workerGroupSpecs"]
    assert [scaling["min_replicas"], scaling["max_replicas"]] == [group["minReplicas"], group["maxReplicas"]]
    cpus = int(group["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"])
    assert deployment["ray_actor_options"]["num_cpus"] <= cpus
    assert CLUSTER["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"


def test_pods_share_what_replicas_share_and_may_do_little():
    for pod in PODS:
        (container,) = pod["containers"]
        assert {each["name"] for each in container["env"]} <= VARIABLES
        assert not any("STATE" in each["name"] or "LIMITS" in each["name"] for each in container["env"]), (
            "in the secret"
        )
        assert container["envFrom"] == [{"secretRef": {"name": "amgan"}}]
        jobs = next(each["value"] for each in container["env"] if each["name"] == "AMGAN_JOBS")
        (mount,), (volume,) = container["volumeMounts"], pod["volumes"]
        assert jobs.startswith(mount["mountPath"] + "/")
        assert mount["name"] == volume["name"]
        assert volume["persistentVolumeClaim"]["claimName"] == CLAIM["metadata"]["name"]
        assert CLAIM["spec"]["accessModes"] == ["ReadWriteMany"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["resources"]["requests"] == container["resources"]["limits"]
        # KubeRay gives pods without probes its own, which look at Ray and, of a worker, at its part of Serve.
        assert not {"readinessProbe", "livenessProbe"} & {*container}
        assert re.fullmatch(r"registry\.example\.com/amgan-ray:\d+\.\d+\.\d+", container["image"])


def test_the_image_has_the_same_ray_and_what_the_other_image_has():
    (base,) = re.findall(r"^FROM (.*)$", IMAGE, re.MULTILINE)
    assert base == f"rayproject/ray:{CLUSTER['rayVersion']}-py312"
    least = re.search(r"ray\[data,serve\]>=([\d.]+),<3", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert least is not None
    assert [*map(int, CLUSTER["rayVersion"].split("."))] >= [*map(int, least[1].split("."))]
    other = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for wanted in re.findall(r"'[^']+>=[^']+'", other):
        assert wanted in IMAGE
    for sources in re.findall(r"^COPY (.+) \S+$", IMAGE, re.MULTILINE):
        assert all((ROOT / source).exists() for source in sources.split())


def test_ray_serve_reads_the_config():
    schema = pytest.importorskip("ray.serve.schema", reason="Ray Serve is not installed")
    from amgan.server import ray_app

    read = schema.ServeDeploySchema.model_validate(SERVE)
    assert read.applications[0].deployments[0].name == ray_app.DEPLOYMENT.name
