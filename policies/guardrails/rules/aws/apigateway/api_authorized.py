"""APIs ask who is calling.

Fields: `authorization` of REST methods and `authorizationType` of HTTP and WebSocket routes, which is neither unset nor
NONE, but for the OPTIONS that browsers send before they sign in and for what follows a WebSocket's `$connect`; `target`
of an HTTP API makes an open route by itself, and in a `body`, an OpenAPI definition as JSON, each operation has a
`security` that names something, its own or the definition's. Of AppSync `authenticationType`, also among
`additionalAuthenticationProviders`, is no API_KEY, and of Cognito `allowUnauthenticatedIdentities` is off. Reference:
FSBP APIGateway.8, AppSync.5, Cognito.2, Checkov CKV_AWS_59 and CKV_AWS_309.
"""

import json

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.embedded_json import document
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

METHOD = "aws:apigateway/method:Method"
ROUTE, API = "aws:apigatewayv2/route:Route", "aws:apigatewayv2/api:Api"
GRAPH = "aws:appsync/graphQLApi:GraphQLApi"
POOL = "aws:cognito/identityPool:IdentityPool"
REST = "aws:apigateway/restApi:RestApi"
DEFINED = frozenset({API, REST, "aws:apigateway/restApiPut:RestApiPut"})
OPERATIONS = frozenset({"get", "put", "post", "delete", "patch", "head", "trace", "x-amazon-apigateway-any-method"})
"""What a path of a definition can do, but for options."""
SWITCHES = {API: "target", POOL: "allowUnauthenticatedIdentities"}
"""Kind to the field that opens it where it is set."""
OPEN_TO_ALL = "API_KEY"
PROBLEM = "answers whoever calls"


def check(obj: Object) -> Violations:
    """Ask each kind in its own words."""
    if obj.id == METHOD and _is_open(obj, "authorization") and obj.is_not("httpMethod", value="OPTIONS"):
        yield obj.fails(PROBLEM, "authorization")
    if obj.id == ROUTE and _is_open(obj, "authorizationType") and _asks_first(obj):
        yield obj.fails(PROBLEM, "authorizationType")
    if obj.id in SWITCHES and obj.differs_from(SWITCHES[obj.id], than=(False, "")):
        yield obj.fails(PROBLEM, SWITCHES[obj.id])
    if obj.id in DEFINED:
        yield from _defined(document(obj.at("body")))
    if obj.id not in {METHOD, ROUTE, *DEFINED, *SWITCHES}:
        for place in (obj, *obj.items("additionalAuthenticationProviders")):
            if place.read("authenticationType") in (None, OPEN_TO_ALL):
                yield place.fails(PROBLEM, "authenticationType")


def _defined(body: Node) -> Violations:
    """Ask each operation of a definition, and the whole where an operation does not say."""
    for _, path in body.members("paths"):
        for name, operation in path.members():
            if name.lower() in OPERATIONS:
                own = operation.at("security")
                if _names_nobody(body.at("security") if own.record_unknown() is None else own):
                    yield body.fails(PROBLEM)


def _names_nobody(security: Node) -> bool:
    """A list without a requirement, or one of whose requirements is empty and so met by everybody."""
    wanted = list(security.items())
    unknown = [each for each in (security, *security.elements()) if isinstance(each.plain, Unknown)]
    return not unknown and (not wanted or any(each.plain == {} for each in wanted))


def _is_open(obj: Object, field: str) -> bool:
    said = obj.read(field)
    return said is None or str(said).upper() in {"", "NONE"}


def _asks_first(route: Object) -> bool:
    """A route of an HTTP API, or the first of a WebSocket's; the later ones belong to whom the first has let in."""
    key = route.read("routeKey")
    if isinstance(key, Unknown):
        return False
    method, _, path = str(key).partition(" ")
    return (bool(path) and method != "OPTIONS") or key in (None, "$connect", "$default")


def _definition(own: Plain = None, whole: Plain = None) -> tuple[Resource, ...]:
    said: dict[str, object] = {"paths": {"/bids": {"post": {} if own is None else {"security": own}}}}
    return aws_resource(REST, body=json.dumps(said if whole is None else {**said, "security": whole}))


SIGNED: Plain = [{"sigv4": []}]

RULE = Rule(
    id="api-authorized",
    title="APIs ask who is calling",
    why="Whoever finds the address, and scanners find every one, reads and writes as if they were a customer.",
    fix="Name an authorizer, or AWS_IAM, and answer what has to be open from a product behind the edge.",
    severity=Severity.HIGH,
    covers=("optibid:457", "optibid:55", "go-live-readiness:136"),
    kinds=frozenset({METHOD, ROUTE, GRAPH, POOL, *DEFINED}),
    check=EachObject(check),
    allows={
        "a method": aws_resource(METHOD, httpMethod="POST", authorization="AWS_IAM"),
        "what browsers ask first": aws_resource(METHOD, httpMethod="OPTIONS", authorization="NONE"),
        "a route": aws_resource(ROUTE, routeKey="POST /bids", authorizationType="JWT"),
        "what browsers ask first of a route": aws_resource(ROUTE, routeKey="OPTIONS /bids"),
        "what follows a connection": aws_resource(ROUTE, routeKey="bid"),
        "an API": aws_resource(API, protocolType="HTTP"),
        "a definition": _definition(SIGNED),
        "a definition as a whole": _definition(whole=SIGNED),
        "a graph": aws_resource(GRAPH, authenticationType="AWS_IAM"),
        "a pool": aws_resource(POOL, allowUnauthenticatedIdentities=False),
    },
    refuses={
        "a method": bad_example(
            aws_resource(METHOD, httpMethod="POST", authorization="NONE"), f"Method shop {PROBLEM}"
        ),
        "a route": bad_example(aws_resource(ROUTE, routeKey="POST /bids"), f"Route shop {PROBLEM}"),
        "a connection": bad_example(
            aws_resource(ROUTE, routeKey="$connect", authorizationType="NONE"), f"Route shop {PROBLEM}"
        ),
        "everything else": bad_example(aws_resource(ROUTE, routeKey="$default"), f"Route shop {PROBLEM}"),
        "an API made at once": bad_example(aws_resource(API, target="https://shop.example.com"), f"Api shop {PROBLEM}"),
        "a definition": bad_example(_definition(), f"RestApi shop {PROBLEM}"),
        "a definition that lets in who does not sign": bad_example(
            _definition([{"sigv4": []}, {}]), f"RestApi shop {PROBLEM}"
        ),
        "a definition that takes it back": bad_example(
            aws_resource(API, body='{"security": [{"jwt": []}], "paths": {"/": {"get": {"security": []}}}}'),
            f"Api shop {PROBLEM}",
        ),
        "a definition put": bad_example(
            aws_resource("aws:apigateway/restApiPut:RestApiPut", body='{"paths": {"/": {"get": {}}}}'),
            f"RestApiPut shop {PROBLEM}",
        ),
        "a graph": bad_example(aws_resource(GRAPH, authenticationType="API_KEY"), f"GraphQLApi shop {PROBLEM}"),
        "a graph's second way in": bad_example(
            aws_resource(
                GRAPH,
                authenticationType="AWS_IAM",
                additionalAuthenticationProviders=[{"authenticationType": "API_KEY"}],
            ),
            f"GraphQLApi shop {PROBLEM}",
        ),
        "a pool": bad_example(aws_resource(POOL, allowUnauthenticatedIdentities=True), f"IdentityPool shop {PROBLEM}"),
    },
)
