"""A real Kubernetes for one checkout: its servers and controllers as plain processes, fake nodes in three zones."""

from toolchain.cluster.running import Cluster, absence, kubeconfig, kubectl, running
from toolchain.cluster.verbs import act, down, status, up

__all__ = ["Cluster", "absence", "act", "down", "kubeconfig", "kubectl", "running", "status", "up"]
