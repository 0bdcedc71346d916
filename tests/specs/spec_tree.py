"""A small but complete ``chart-specs/``: two families, an umbrella, a line, a dependency."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TREE: dict[str, str] = {
    "repository.yaml": """\
name: shop
url: https://charts.example.com
home: https://example.com
description: Charts of the shop.
license: Apache-2.0
sources: [https://example.com/shop.git]
keywords: [shop]
maintainers:
  - {name: Ann, email: ann@example.com}
kubernetes: ["1.31", "1.32", "1.33"]
registries: [docker.io]
refusedImages: ["docker.io/bad*"]
artifactHub:
  repositoryID: 5b2ac1bb-32f6-4b3a-9a0c-3f6d6b0f6a11
  registryIDs: {order: 0c1a3a86-6a0b-4d7e-8a59-0b9a5f7f3c22}
  owners: [{name: Bob, email: bob@example.com}]
  ignore: [{name: stock, version: ".*-.*"}]
  signKey: {fingerprint: 0123456789ABCDEF0123456789ABCDEF01234567}
""",
    "profiles/base.yaml": """\
kind: module
family: shop
line: shop-v1
category: networking
config: [log]
features: [workload]
probes:
  readiness: {tcpSocket: {port: rpc}, periodSeconds: 5}
test: {tcp: rpc}
values:
  replicaCount: 1
  resources: {requests: {cpu: 50m}}
""",
    "profiles/rpc.yaml": """\
extends: base
features: [service]
ports: {rpc: 9000}
uses: [cache]
""",
    "profiles/site.yaml": """\
kind: module
features: [workload, service, exposure]
ports: {http: 8080}
exposure: {port: http}
""",
    "profiles/umbrella.yaml": "kind: umbrella\n",
    "shop/order.yaml": """\
extends: rpc
name: order
version: 1.2.3
description: Takes orders.
binary: order-server
ports: {rpc: 9010, metrics: 9110}
config: [orders]
features: [service, monitoring]
calls: [stock]
probes:
  readiness: {httpGet: {path: /metrics, port: metrics}}
values:
  resources: {requests: {memory: 64Mi}}
""",
    "shop/order/templates/job.yaml": "kind: Job\n",
    "shop/stock.yaml": """\
extends: rpc
name: stock
version: 1.0.0
description: Knows what is there.
""",
    "web/front.yaml": """\
extends: site
name: front
version: 0.1.0
title: Web front
description: The shop's pages.
appVersion: v7
images:
  site: {image: front}
exposure: {path: /, headers: {X-Url: "{url}/x"}}
""",
    "store/redis.yaml": """\
extends: site
name: redis
version: 0.2.0
description: Keeps what is read often.
appVersion: "8.6"
images:
  site: {image: redis}
ports: {redis: 6379}
exposure: {port: redis, path: /cache}
""",
    "umbrella/all.yaml": """\
extends: umbrella
name: all
version: 1.0.0
description: Everything.
includes: [web, shop]
""",
    "lines/shop-v1/line.yaml": """\
product: shop
appVersion: v1.4.0
environmentPrefix: SHOP_
unprefixedFiles: [log]
discovery: [dns]
refusedDiscovery: {multicast: it loses packets}
images:
  all-in-one:
    image: all
    command: [/bin/sh, -c, "exec /bin/{binary} ${X}"]
  single:
    image: single
""",
    "lines/shop-v1/config/log.yaml": """\
filename: log.yml
description: Where logs go.
properties:
  level: {type: string, enum: [debug, info], default: info, description: Least level logged.}
  sink: {type: string, bind: {dependency: cache, as: url}, description: Where logs go.}
""",
    "lines/shop-v1/config/orders.yaml": """\
filename: orders.yml
description: How orders are taken.
definitions:
  retry:
    type: object
    description: When to try again.
    properties:
      times: {type: integer, minimum: 0, description: Tries.}
      pause: {type: string, pattern: "^[0-9]+s$", description: Time between tries.}
properties:
  rpc:
    type: object
    description: Where the module listens.
    properties:
      ports: {type: array, items: {type: integer}, bind: {port: rpc}, description: Port.}
  cache:
    type: object
    description: The cache.
    properties:
      address: {type: array, items: {type: string}, bind: {dependency: cache, as: addresses}, description: Places.}
      password: {type: string, secret: {credential: cache, key: password}, description: Password.}
  token: {type: string, shared: true, secret: {credential: partner, key: token}, description: Token.}
  front: {type: string, bind: {chart: front, port: http, as: url}, description: URL of the front.}
  retry: {$ref: "#/definitions/retry", default: {times: 3, pause: 5s}, description: Retries.}
""",  # noqa: E501
    "images/bases/tiny.yaml": """\
description: Almost nothing.
shell: /bin/sh
programs: [sh, sleep, wget]
absent: [curl, nc]
temporaryDirectory: true
sources:
  - {certainty: source, repository: shop/tiny, path: Dockerfile, at: v1}
""",
    "images/bases/small.yaml": """\
description: A little more.
extends: tiny
programs: [curl]
absent: [wget]
sources:
  - {certainty: memory}
""",
    "images/all.yaml": """\
repository: shop/all
tag: v1.4.0
license: Apache-2.0
platforms: [linux/amd64, linux/arm64]
configuration:
  user: shop
  env: {SHOP_HOME: /shop}
  volumes: [/data]
  workingDir: /shop
  entrypoint: [/start.sh]
  cmd: [all]
  ports: [9000/tcp]
  stopSignal: SIGQUIT
account: {uid: 12, gid: 13}
dataOwner: {uid: 14, gid: 15, name: shop}
base: small
programs: [/bin/*/order-server, /bin/nc]
writes:
  - {path: /data, what: orders, needed: true, setting: dir}
overrides:
  - {variable: SHOP_*, file: orders.yml, key: rpc}
entrypointOnly: [START_*, "!START_NOW"]
entrypointDoes: |
  It waits.
precedence: Variables win.
notes: [It is large.]
sources:
  - {certainty: near, repository: shop/all, path: Dockerfile, at: v1.3.0, note: Almost the same.}
  - {facts: [platforms, configuration.env], certainty: memory}
""",
    "images/single.yaml": """\
repository: shop/{name}
tag: v1.4.0
license: Apache-2.0
platforms: [linux/amd64]
configuration: {env: {NAME: "{name}"}, cmd: ["/{binary}"]}
base: tiny
programs: ["/{binary}"]
sources:
  - {certainty: memory}
""",
    "images/front.yaml": """\
repository: shop/front
tag: v7
license: NONE
platforms: [linux/amd64]
configuration: {user: "7"}
base: tiny
shell: null
complete: true
sources:
  - {certainty: memory}
""",
    "images/redis.yaml": """\
repository: shop/redis
tag: "8.6"
license: BSD-3-Clause
platforms: [linux/amd64]
configuration: {}
base: tiny
sources:
  - {certainty: memory}
""",
    "dependencies/cache.yaml": """\
title: Cache
description: Keeps what is read often.
component: redis
portName: redis
scheme: redis
values:
  database: {type: integer, default: 0, minimum: 0, description: Number of the database.}
credential:
  keys: {password: {generate: 32, description: Password.}}
""",
    "credentials/partner.yaml": """\
description: Access to the partner.
owner: order
keys: {token: {generate: 40, description: Token.}}
""",
    "features/workload/feature.yaml": """\
description: A feature.
order: 1
consumes: [exposure, owner, probes, secret]
""",
    "features/workload/options.yaml": """\
properties:
  writable: {type: array, items: {$ref: "#/$defs/folder"}, description: Folders.}
""",
    "features/monitoring/feature.yaml": """\
description: A feature.
order: 1
consumes: [internet, options.workload, test]
""",
    "features/service/feature.yaml": "description: A feature.\norder: 1\nconsumes: [test]\n",
    "features/exposure/feature.yaml": "description: A feature.\norder: 1\n",
}


def write(root: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The tree under ``root``; ``changes`` add or replace files, None leaves one out."""
    for path, content in {**TREE, **(changes or {})}.items():
        if content is None:
            continue
        file = root / "chart-specs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root
