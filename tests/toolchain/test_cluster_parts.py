"""What a cluster is made of: ports, command lines, certificates, manifests; all without starting one."""

import base64
import datetime as dt
import socket
import stat
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from toolchain.cluster import identities, manifests, ports
from toolchain.cluster.components import PORTS, Component, Plan
from toolchain.cluster.layout import LONGEST_LOG, Layout

CHOSEN = {name: 20_001 + number for number, name in enumerate(PORTS)}
TEMPLATE = """{{- if .Values.rbac.create -}}
kind: ClusterRole
metadata:
  name: {{ include "x" . }}-controller
rules:
  - apiGroups: [""]
    resources:
    - "secrets"
    {{- if .Values.more }}
    - "configmaps"
    {{- end }}
    verbs: ["get"]
---
rules: []
"""


def plan(tmp_path: Path) -> Plan:
    return Plan(Layout(tmp_path), CHOSEN)


def components(tmp_path: Path) -> list[Component]:
    made = plan(tmp_path)
    first = [made.etcd(), made.api_server(), made.controller_manager(), made.scheduler()]
    return [*first, made.kwok(), made.rollouts(), made.secrets(), made.prometheus("/usr/bin/prometheus", "2.42.0")]


def options(component: Component) -> dict[str, str]:
    return dict(option.removeprefix("--").split("=", 1) for option in component.command[1:])


def test_chooses_the_ports_of_last_time() -> None:
    first = ports.choose(PORTS, {})

    assert len(set(first.values())) == len(PORTS)
    assert set(first.values()) <= set(ports.RANGE)
    assert ports.choose(PORTS, first) == first


def test_passes_over_a_port_that_somebody_took_meanwhile() -> None:
    before = ports.choose(["etcd", "kwok"], {})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", before["etcd"]))
        taken.listen()
        after = ports.choose(["etcd", "kwok"], before)

    assert after["etcd"] != before["etcd"]
    assert after["kwok"] == before["kwok"]


@pytest.mark.parametrize("odd", [0, 80, 65_535, -1])
def test_a_recorded_port_outside_the_range_is_not_taken(odd: int) -> None:
    assert ports.choose(["etcd"], {"etcd": odd})["etcd"] in ports.RANGE


def test_says_that_no_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "free", lambda _: False)

    with pytest.raises(OSError, match="no free port on loopback between 20000 and 32000"):
        ports.choose(["etcd"], {})


def test_no_two_components_share_a_port(tmp_path: Path) -> None:
    used = [
        value.rpartition(":")[2]
        for component in components(tmp_path)
        for name, value in options(component).items()
        if name.lower().endswith(("port", "-addr", "-address"))
        or (component.name == "etcd" and name.startswith("listen-"))
    ]
    numbers = [int(value) for value in used if value.isdigit() and value != "0"]

    assert sorted(numbers) == sorted(set(CHOSEN.values()))


def test_every_address_is_on_loopback(tmp_path: Path) -> None:
    for component in components(tmp_path):
        assert "0.0.0.0" not in " ".join(component.command)  # noqa: S104 - looked for, not bound
        assert component.health.split("/")[2].startswith("127.0.0.1:")


def test_no_secret_stands_in_a_command_line(tmp_path: Path) -> None:
    """Keys are named by their file; every process on the machine can read command lines."""
    for component in components(tmp_path):
        for name, value in options(component).items():
            assert "token" not in name
            assert "password" not in name
            if name.endswith("key-file"):
                assert Path(value).parent == tmp_path / "private"


def test_the_api_server_knows_nobody_without_a_certificate_or_token(tmp_path: Path) -> None:
    asked = options(plan(tmp_path).api_server())

    assert asked["anonymous-auth"] == "false"
    assert asked["authorization-mode"] == "Node,RBAC"
    assert "disable-admission-plugins" not in asked


def test_etcd_has_an_authority_of_its_own(tmp_path: Path) -> None:
    asked = options(plan(tmp_path).etcd())
    servers = options(plan(tmp_path).api_server())

    assert asked["client-cert-auth"] == asked["peer-client-cert-auth"] == "true"
    assert asked["trusted-ca-file"] == servers["etcd-cafile"] != servers["client-ca-file"]


def test_every_component_that_asks_the_api_server_is_somebody_of_its_own(tmp_path: Path) -> None:
    files = [options(component).get("kubeconfig") for component in components(tmp_path)]
    files += [component.environment.get("KUBECONFIG") for component in components(tmp_path)]
    users = [Path(each).stem for each in files if each]

    assert len(users) == len(set(users)) == 5
    assert set(users) < set(identities.IDENTITIES)
    assert [name for name, who in identities.IDENTITIES.items() if "system:masters" in who.groups] == ["supervisor"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> identities.Certificate:
    return identities.authority(tmp_path_factory.mktemp("private"), "authority")


def test_an_authority_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = identities.authority(tmp_path, "authority")

    assert identities.authority(tmp_path, "authority") == made
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        "authority.crt": 0o600,
        "authority.key": 0o600,
    }


def test_a_certificate_says_who_and_is_signed(authority: identities.Certificate) -> None:
    issued = identities.issue(authority, identities.service_account("kube-system", "kwok-controller"))
    read = x509.load_pem_x509_certificate(issued.certificate)
    parent = x509.load_pem_x509_certificate(authority.certificate)

    read.verify_directly_issued_by(parent)
    names = {each.oid: each.value for each in read.subject if each.oid == NameOID.COMMON_NAME}
    groups = [each.value for each in read.subject if each.oid == NameOID.ORGANIZATION_NAME]
    assert names == {NameOID.COMMON_NAME: "system:serviceaccount:kube-system:kwok-controller"}
    assert groups == ["system:serviceaccounts", "system:serviceaccounts:kube-system"]
    uses = read.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    key = serialization.load_pem_private_key(issued.key, password=None)
    assert key.public_key() == read.public_key()


def test_a_certificate_is_valid_for_a_year_and_now(authority: identities.Certificate) -> None:
    issued = identities.issue(authority, identities.Identity("somebody"))
    read = x509.load_pem_x509_certificate(issued.certificate)

    assert read.not_valid_before_utc < dt.datetime.now(dt.UTC)
    assert read.not_valid_after_utc - read.not_valid_before_utc == dt.timedelta(days=365)


def test_a_server_is_on_loopback_alone(authority: identities.Certificate) -> None:
    issued = identities.issue(authority, identities.Identity("kube-apiserver"), server=True)
    read = x509.load_pem_x509_certificate(issued.certificate)
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert [str(each.value) for each in names] == ["127.0.0.1", "localhost"]


def test_tokens_are_signed_by_a_key_that_stays(tmp_path: Path) -> None:
    identities.signing_key(tmp_path, "service-accounts")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    identities.signing_key(tmp_path, "service-accounts")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert before.keys() == {"service-accounts.key", "service-accounts.pub"}
    assert b"PRIVATE" not in before["service-accounts.pub"]


def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("old")
    path.chmod(0o644)

    identities.write_private(path, b"new")

    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_kubeconfig_needs_no_other_file(authority: identities.Certificate) -> None:
    client = identities.issue(authority, identities.IDENTITIES["admin"])

    read = yaml.safe_load(identities.kubeconfig("https://127.0.0.1:20001", authority, client))

    assert read["clusters"][0]["cluster"] == {
        "server": "https://127.0.0.1:20001",
        "certificate-authority-data": base64.b64encode(authority.certificate).decode(),
    }
    assert base64.b64decode(read["users"][0]["user"]["client-key-data"]) == client.key
    assert read["current-context"] == read["contexts"][0]["name"]


def test_nodes_stand_in_three_zones() -> None:
    nodes = list(manifests.nodes())
    zones = [node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes]

    assert len(set(zones)) == 3
    assert len({node["metadata"]["name"] for node in nodes}) == len(nodes)
    assert all(node["metadata"]["annotations"]["kwok.x-k8s.io/node"] == "fake" for node in nodes)


def test_reads_a_controllers_rules_from_a_charts_template() -> None:
    assert manifests.chart_rules(TEMPLATE) == [
        {"apiGroups": [""], "resources": ["secrets", "configmaps"], "verbs": ["get"]}
    ]


@pytest.mark.parametrize(
    "template", ["", "kind: ClusterRole", "rules:", "rules:\n- resources: [secrets]\n", "---\n" + TEMPLATE]
)
def test_a_template_without_rules_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="the chart's template holds no rules"):
        manifests.chart_rules(template)


def test_prometheus_asks_with_its_own_certificate(tmp_path: Path) -> None:
    text = yaml.safe_dump(plan(tmp_path).scraped())

    assert f"{tmp_path}/private/prometheus.key" in text
    assert "0.0.0.0" not in text  # noqa: S104 - looked for, not bound


def test_the_last_line_of_a_log_is_short_and_printable(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.logs.mkdir()
    assert layout.last_line("etcd") == ""
    layout.log("etcd").write_bytes(b"")
    assert layout.last_line("etcd") == ""
    layout.log("etcd").write_bytes(b"first\n\x1b[31mlast\xff\x07" + b"x" * 5000 + b"\n\n")
    assert len(layout.last_line("etcd")) == 300
    layout.log("etcd").write_bytes(b"first\n\x1b[31mlast\n")
    assert layout.last_line("etcd") == "[31mlast"


def test_a_log_does_not_fill_the_disk(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.logs.mkdir()
    layout.bound_log("etcd")
    with layout.log("etcd").open("ab") as log:
        log.truncate(LONGEST_LOG)
        layout.bound_log("etcd")
        assert layout.log("etcd").stat().st_size == LONGEST_LOG
        log.truncate(LONGEST_LOG + 1)
        layout.bound_log("etcd")
        assert layout.log("etcd").stat().st_size == 0
        log.write(b"on")
    assert layout.log("etcd").read_bytes() == b"on"
