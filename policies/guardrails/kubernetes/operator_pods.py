"""Pods that an operator makes, which no template in the stack shows.

Their labels follow from the operator's object: either a label bears the domain of the object's group, as
`cnpg.io/cluster` does for `postgresql.cnpg.io`, or the kind is one of `RUN_PODS`. One of the labels then holds the
object's name.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from guardrails.kubernetes.pods import WORKLOADS, is_built_in
from guardrails.kubernetes.selectors import same_home, same_namespace
from guardrails.model.answer import Answer, doubtful
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

RUN_PODS = frozenset(
    {
        "acid.zalan.do/postgresql",
        "cassandra.datastax.com/CassandraDatacenter",
        "clickhouse.altinity.com/ClickHouseInstallation",
        "databases.spotahome.com/RedisFailover",
        "grafana.integreatly.org/Grafana",
        "jaegertracing.io/Jaeger",
        "k8s.mariadb.com/MariaDB",
        "loki.grafana.com/LokiStack",
        "minio.min.io/Tenant",
        "mongodbcommunity.mongodb.com/MongoDBCommunity",
        "monitoring.coreos.com/Alertmanager",
        "monitoring.coreos.com/Prometheus",
        "monitoring.coreos.com/PrometheusAgent",
        "monitoring.coreos.com/ThanosRuler",
        "mysql.oracle.com/InnoDBCluster",
        "opensearch.opster.io/OpenSearchCluster",
        "opentelemetry.io/OpenTelemetryCollector",
        "rabbitmq.com/RabbitmqCluster",
        "redis.redis.opstreelabs.in/Redis",
        "redis.redis.opstreelabs.in/RedisCluster",
        "redis.redis.opstreelabs.in/RedisReplication",
        "redis.redis.opstreelabs.in/RedisSentinel",
        "solr.apache.org/SolrCloud",
        "zookeeper.pravega.io/ZookeeperCluster",
    }
)
"""Kinds whose pods carry the object's name under labels of no domain of theirs."""


MAKE_SERVICES = RUN_PODS | {
    "apm.k8s.elastic.co/ApmServer",
    "argoproj.io/ArgoCD",
    "elasticsearch.k8s.elastic.co/Elasticsearch",
    "enterprisesearch.k8s.elastic.co/EnterpriseSearch",
    "flink.apache.org/FlinkDeployment",
    "k8s.keycloak.org/Keycloak",
    "kafka.strimzi.io/Kafka",
    "kafka.strimzi.io/KafkaBridge",
    "kafka.strimzi.io/KafkaConnect",
    "kibana.k8s.elastic.co/Kibana",
    "postgresql.cnpg.io/Cluster",
    "postgresql.cnpg.io/Pooler",
    "ray.io/RayCluster",
    "ray.io/RayService",
    "serving.knative.dev/Service",
}
"""Kinds for which an operator makes Services, which bear the object's name, or a name made of it by hyphens."""
OPERATED = {
    "alertmanager-operated": "monitoring.coreos.com/Alertmanager",
    "prometheus-operated": "monitoring.coreos.com/Prometheus",
    "thanos-ruler-operated": "monitoring.coreos.com/ThanosRuler",
}
"""Services that bear a name of their own, one for all objects of a kind in a namespace."""


class Operators:
    """The objects of a stack that operators make pods of, by their names."""

    def __init__(self, stack: Iterable[Object]) -> None:
        self._by_name: defaultdict[str, list[Object]] = defaultdict(list)
        self._nameless: list[Object] = []
        self._all: list[Object] = []
        for obj in stack:
            if obj.kind is None or obj.partial or obj.id in WORKLOADS or is_built_in(obj.kind.group):
                continue
            self._all.append(obj)
            name = obj.at("metadata", "name").plain
            if isinstance(name, str):
                self._by_name[name].append(obj)
            elif isinstance(name, Unknown):
                self._nameless.append(obj)

    def answering(self, asker: Object, wanted: Node) -> Iterator[Answer]:
        """The operators' objects whose pods a plain map of labels, such as a Service's selector, may mean."""
        if isinstance(wanted.plain, Unknown):
            yield from (same_namespace(asker, obj) & doubtful(wanted) for obj in self._all)
        if not isinstance(wanted.plain, dict):
            return
        for _, label in wanted.members():
            if isinstance(label.plain, Unknown):
                for obj in self._all:
                    yield from self._made(asker, obj, wanted.plain, label)
            elif isinstance(label.plain, str):
                for obj in self._by_name.get(label.plain, ()):
                    yield from self._made(asker, obj, wanted.plain)
        for obj in self._nameless:
            yield from self._made(asker, obj, wanted.plain, obj.at("metadata", "name"))

    def serving(self, name: Node, home: Node) -> Iterator[Answer]:
        """The operators' objects that may bring the Service of a name in the namespace that `home` says."""
        if isinstance(name.plain, Unknown):
            yield from (same_home(home, obj) & doubtful(name) for obj in self._all if obj.id in MAKE_SERVICES)
        if not isinstance(name.plain, str):
            return
        words = name.plain.split("-")
        spans = {"-".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
        for obj in (each for span in spans for each in self._by_name.get(span, ())):
            if obj.id in MAKE_SERVICES:
                yield same_home(home, obj)
        operated = OPERATED.get(name.plain)
        yield from (same_home(home, obj) for obj in self._all if obj.id == operated)
        yield from (
            same_home(home, obj) & doubtful(obj.at("metadata", "name"))
            for obj in self._nameless
            if obj.id in MAKE_SERVICES
        )

    def _made(self, asker: Object, obj: Object, labels: Iterable[str], *doubts: Node) -> Iterator[Answer]:
        if _makes(obj, labels):
            yield same_namespace(asker, obj) & doubtful(*doubts)


def _makes(obj: Object, labels: Iterable[str]) -> bool:
    """The object's operator labels its pods like this."""
    if obj.id in RUN_PODS:
        return True
    group = obj.kind.group if obj.kind is not None else ""
    domains = (label.rpartition("/")[0] for label in labels)
    return any(f".{group}".endswith(f".{domain}") or f".{domain}".endswith(f".{group}") for domain in domains if domain)
