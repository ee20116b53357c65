"""APIs ask who is calling.

Fields: `authorization` of REST methods and `authorizationType` of HTTP and WebSocket routes, which is neither unset nor
NONE, but for the OPTIONS that browsers send before they sign in and for what follows a WebSocket's `$connect`; `target`
of an HTTP API makes an open route by itself, and in a `body`, an OpenAPI definition as JSON, each operation has a
`security` that names something, its own or the definition's. Of AppSync `authenticationType`, also among
`additionalAuthenticationProviders`, is no API_KEY, and of Cognito `allowUnauthenticatedIdentities` is off. Reference:
FSBP APIGateway.8, AppSync.5, Cognito.2, Checkov CKV_AWS_59 and CKV_AWS_309.
"""

import json

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.embedded_json import document
from guardrails.model.findings import Faults
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
WRONG = "answers whoever calls"


def check(found: Object) -> Faults:
    """Ask each kind in its own words."""
    if found.id == METHOD and _is_open(found, "authorization") and found.lacks("httpMethod", value="OPTIONS"):
        yield found.fails(WRONG, "authorization")
    if found.id == ROUTE and _is_open(found, "authorizationType") and _asks_first(found):
        yield found.fails(WRONG, "authorizationType")
    if found.id in SWITCHES and found.other(SWITCHES[found.id], than=(False, "")):
        yield found.fails(WRONG, SWITCHES[found.id])
    if found.id in DEFINED:
        yield from _defined(document(found.at("body")))
    if found.id not in {METHOD, ROUTE, *DEFINED, *SWITCHES}:
        for place in (found, *found.items("additionalAuthenticationProviders")):
            if place.read("authenticationType") in (None, OPEN_TO_ALL):
                yield place.fails(WRONG, "authenticationType")


def _defined(body: Node) -> Faults:
    """Ask each operation of a definition, and the whole where an operation does not say."""
    for _, path in body.members("paths"):
        for name, operation in path.members():
            if name.lower() in OPERATIONS:
                own = operation.at("security")
                if _names_nobody(body.at("security") if own.noted() is None else own):
                    yield body.fails(WRONG)


def _names_nobody(security: Node) -> bool:
    """A list without a requirement, or one of whose requirements is empty and so met by everybody."""
    wanted = list(security.items())
    unknown = [each for each in (security, *security.elements()) if isinstance(each.plain, Unknown)]
    return not unknown and (not wanted or any(each.plain == {} for each in wanted))


def _is_open(found: Object, field: str) -> bool:
    said = found.read(field)
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
    return made(REST, body=json.dumps(said if whole is None else {**said, "security": whole}))


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
        "a method": made(METHOD, httpMethod="POST", authorization="AWS_IAM"),
        "what browsers ask first": made(METHOD, httpMethod="OPTIONS", authorization="NONE"),
        "a route": made(ROUTE, routeKey="POST /bids", authorizationType="JWT"),
        "what browsers ask first of a route": made(ROUTE, routeKey="OPTIONS /bids"),
        "what follows a connection": made(ROUTE, routeKey="bid"),
        "an API": made(API, protocolType="HTTP"),
        "a definition": _definition(SIGNED),
        "a definition as a whole": _definition(whole=SIGNED),
        "a graph": made(GRAPH, authenticationType="AWS_IAM"),
        "a pool": made(POOL, allowUnauthenticatedIdentities=False),
    },
    refuses={
        "a method": refusal(made(METHOD, httpMethod="POST", authorization="NONE"), f"Method shop {WRONG}"),
        "a route": refusal(made(ROUTE, routeKey="POST /bids"), f"Route shop {WRONG}"),
        "a connection": refusal(made(ROUTE, routeKey="$connect", authorizationType="NONE"), f"Route shop {WRONG}"),
        "everything else": refusal(made(ROUTE, routeKey="$default"), f"Route shop {WRONG}"),
        "an API made at once": refusal(made(API, target="https://shop.example.com"), f"Api shop {WRONG}"),
        "a definition": refusal(_definition(), f"RestApi shop {WRONG}"),
        "a definition that lets in who does not sign": refusal(
            _definition([{"sigv4": []}, {}]), f"RestApi shop {WRONG}"
        ),
        "a definition that takes it back": refusal(
            made(API, body='{"security": [{"jwt": []}], "paths": {"/": {"get": {"security": []}}}}'),
            f"Api shop {WRONG}",
        ),
        "a definition put": refusal(
            made("aws:apigateway/restApiPut:RestApiPut", body='{"paths": {"/": {"get": {}}}}'),
            f"RestApiPut shop {WRONG}",
        ),
        "a graph": refusal(made(GRAPH, authenticationType="API_KEY"), f"GraphQLApi shop {WRONG}"),
        "a graph's second way in": refusal(
            made(
                GRAPH,
                authenticationType="AWS_IAM",
                additionalAuthenticationProviders=[{"authenticationType": "API_KEY"}],
            ),
            f"GraphQLApi shop {WRONG}",
        ),
        "a pool": refusal(made(POOL, allowUnauthenticatedIdentities=True), f"IdentityPool shop {WRONG}"),
    },
)
