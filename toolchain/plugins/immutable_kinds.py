"""What can't change in place in a Kubernetes object, as the ordinary provider documents it, by API group and kind."""

from toolchain.plugins.paths import Path, parse

IDENTITY = ("metadata.name", "metadata.namespace")
"""Immutable in every kind, patches included."""


def _fields(text: str) -> tuple[str, ...]:
    return tuple(text.split())


POD = _fields(
    "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork "
    "hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName "
    "readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName "
    "shareProcessNamespace subdomain terminationGracePeriodSeconds volumes"
)
CONTAINER = _fields(
    "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext "
    "stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir"
)
VOLUME = _fields(
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs "
    "hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume"
)

FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("", "PersistentVolume"): tuple(f"spec.{source}" for source in VOLUME),
    ("", "PersistentVolumeClaim"): (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ),
    ("", "Pod"): (
        *(f"spec.{field}" for field in POD),
        *(f"spec.{place}[*].{field}" for place in ("containers", "initContainers") for field in CONTAINER),
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Secret"): ("type",),
    ("", "Service"): ("spec.clusterIP",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}

CONTENT = {"ConfigMap": ("binaryData", "data"), "Secret": ("data", "stringData")}
"""What is in a ConfigMap or Secret; immutable too, unless the provider is told otherwise for objects that allow it."""

CLUSTER_WIDE = frozenset(
    _fields(
        "APIService AuditSink CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding "
        "ClusterTrustBundle ComponentStatus CustomResourceDefinition DeviceClass DeviceTaintRule FlowSchema IPAddress "
        "IngressClass MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace "
        "Node PersistentVolume PodSecurityPolicy PriorityClass PriorityLevelConfiguration ResourceSlice RuntimeClass "
        "ServiceCIDR StorageClass StorageVersion StorageVersionMigration ValidatingAdmissionPolicy "
        "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass"
    )
)
"""Kinds of Kubernetes itself that live in no namespace."""


def immutable(group: str, kind: str, *, content: bool) -> list[Path]:
    """List what can't change in place; ``content`` says whether that includes what a ConfigMap or Secret holds."""
    fields = FIELDS.get((group, kind), ())
    held = CONTENT.get(kind, ()) if content and group == "" else ()
    return [parse(field) for field in (*IDENTITY, *fields, *held)]
