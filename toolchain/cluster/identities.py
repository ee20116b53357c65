"""Certificates and kubeconfigs: every component is somebody, and may do what that somebody may.

The API server knows people by their certificates: the common name is the user, the organisations are the groups.
An operator is the service account that its own manifests bind to its role.
"""

import base64
import datetime as dt
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 365
"""Certificates are issued again at every start; the authority stays, so that a kubeconfig outlives a reboot."""
ADMINS = "golive:cluster-admins"


@dataclass(frozen=True)
class Identity:
    """Who a component is to the API server."""

    user: str
    groups: tuple[str, ...] = ()


def service_account(namespace: str, name: str) -> Identity:
    """Identity of a service account, as its tokens would say."""
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")
    return Identity(f"system:serviceaccount:{namespace}:{name}", groups)


IDENTITIES = {
    "admin": Identity("golive:admin", (ADMINS,)),
    "supervisor": Identity("golive:supervisor", ("system:masters",)),
    "kube-controller-manager": Identity("system:kube-controller-manager"),
    "kube-scheduler": Identity("system:kube-scheduler"),
    "kwok": service_account("kube-system", "kwok-controller"),
    "argo-rollouts": service_account("argo-rollouts", "argo-rollouts"),
    "external-secrets": service_account("external-secrets", "external-secrets"),
    "prometheus": Identity("golive:prometheus", ("system:monitoring",)),
}
"""Everybody who speaks to the API server."""


@dataclass(frozen=True)
class Certificate:
    """A certificate and its private key, as PEM."""

    certificate: bytes
    key: bytes

    def write(self, folder: Path, name: str) -> None:
        """Write ``NAME.crt`` and ``NAME.key``, readable by nobody but the owner."""
        write_private(folder / f"{name}.crt", self.certificate)
        write_private(folder / f"{name}.key", self.key)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    half.replace(path)


def authority(folder: Path, name: str) -> Certificate:
    """Return the certificate authority ``name``, made when first asked for."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    if not (certificate.exists() and key.exists()):
        _self_signed(f"golive {name}").write(folder, name)
    return Certificate(certificate.read_bytes(), key.read_bytes())


def signing_key(folder: Path, name: str) -> None:
    """Make ``NAME.key``, which signs service account tokens, and ``NAME.pub``, where they are missing."""
    public = folder / f"{name}.pub"
    if not public.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        write_private(folder / f"{name}.key", _pem(key))
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        write_private(public, key.public_key().public_bytes(serialization.Encoding.PEM, form))


def issue(by: Certificate, identity: Identity, *, server: bool = False) -> Certificate:
    """Issue a certificate for ``identity``: a client's, or a server's on loopback.

    A server's certificate is a client's as well: the members of an etcd cluster speak to each other with one.
    """
    parent = x509.load_pem_x509_certificate(by.certificate)
    signer = serialization.load_pem_private_key(by.key, password=None)
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in identity.groups]
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if server else [])]
    builder = (
        _builder(x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, identity.user)]), CERTIFICATE_DAYS)
        .issuer_name(parent.subject)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    )
    if server:
        reached = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
        builder = builder.add_extension(x509.SubjectAlternativeName(reached), critical=False)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)  # noqa: S101 - our own authority
    signed = builder.sign(signer, hashes.SHA256())
    return Certificate(signed.public_bytes(serialization.Encoding.PEM), _pem(key))


def kubeconfig(server: str, trusted: Certificate, client: Certificate) -> bytes:
    """Write a kubeconfig that holds all it needs: no other file, no program to run."""
    encoded = {
        name: base64.b64encode(content).decode()
        for name, content in (
            ("certificate-authority-data", trusted.certificate),
            ("client-certificate-data", client.certificate),
            ("client-key-data", client.key),
        )
    }
    text: str = yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "golive",
            "contexts": [{"name": "golive", "context": {"cluster": "golive", "user": "golive"}}],
            "clusters": [
                {
                    "name": "golive",
                    "cluster": {
                        "server": server,
                        "certificate-authority-data": encoded.pop("certificate-authority-data"),
                    },
                }
            ],
            "users": [{"name": "golive", "user": encoded}],
        },
        sort_keys=False,
    )
    return text.encode()


def _self_signed(name: str) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    signed = (
        _builder(subject, AUTHORITY_DAYS)
        .issuer_name(subject)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Certificate(signed.public_bytes(serialization.Encoding.PEM), _pem(key))


def _builder(subject: x509.Name, days: int) -> x509.CertificateBuilder:
    # An hour back: the clock of a machine that just woke up may still be set right.
    start = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=days))
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
