"""Stand-ins for the images: the real name and configuration, and the real program where one is had.

Each says what it holds and what it does not show; README.md is made from that. What is not at hand
skips the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from openim_charts.specs.image_model import ImageFile
from tests.product.infrastructure.programs import program
from tests.product.node.archive import Item, architecture, write_archive
from tests.product.node.facts import base_programs, configuration
from tests.product.node.roots import accounts, binary, folder, script, tools

HERE = Path(__file__).parent
Tree = dict[str, Item]


@dataclass(frozen=True)
class Workshop:
    """Where what is made once for several images is kept."""

    path: Path

    def made(self, name: str, make: Callable[[Path], None]) -> Path:
        """A folder below, which ``make`` fills when it is not there."""
        done, part = self.path / name, self.path / f"{name}.part"
        if not done.exists():
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            part.rename(done)
        return done


@dataclass(frozen=True)
class StandIn:
    """A stand-in by the image's name in chart-specs/images; the sentences are for the README."""

    image: str
    holds: str
    lacks: str
    tree: Callable[[Workshop], Tree]


def build(stand_in: StandIn, image: ImageFile, workshop: Workshop, target: Path) -> None:
    """Write the stand-in's archive."""
    own = stand_in.tree(workshop)
    brought = {path.rpartition("/")[2] for path in own}
    tree = accounts(_users(image)) | tools(base_programs(image) - brought) | own
    write_archive(target, str(image.reference), configuration(image), tree)


def _users(image: ImageFile) -> dict[str, int]:
    """The accounts that the image's facts name."""
    name = image.configuration.user.partition(":")[0]
    declared = {} if name.isdigit() or not name else {name: image.account.uid}
    owner = image.data_owner
    return {owner.name: owner.uid, **declared} if owner and owner.name else declared


def given(variable: str) -> Path:
    """The folder that an environment variable names."""
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"{variable} names no folder")
    return Path(path).resolve()


def _go(name: str, at: str) -> Callable[[Workshop], Tree]:
    """A program that was built from its sources."""
    return lambda _: binary(program(name), at)


def _openim(product: str) -> Callable[[Workshop], Tree]:
    below = f"/openim-{product}/_output/bin/platforms/linux/{architecture()}"
    return lambda _: folder(Path(f"{given('OPENIM_BINARIES')}{below}"), below)


def _redis(_: Workshop) -> Tree:
    at = "/usr/local/bin"
    return {
        **binary(program("redis-server"), f"{at}/redis-server"),
        **binary(program("redis-cli"), f"{at}/redis-cli"),
        "/data": Item(owner=999),
    }


def _java(workshop: Workshop, at: str) -> Tree:
    """A Java runtime with the modules of Java SE."""

    def link(target: Path) -> None:
        modules = "java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.zipfs"
        home = Path(program("java")).resolve().parents[1]
        words = ["--strip-debug", "--no-header-files", "--no-man-pages", "--output", str(target)]
        subprocess.run([home / "bin/jlink", "--add-modules", modules, *words], check=True)

    return folder(workshop.made("java", link), at, linked=True)


_LOADED = (".js", ".cjs", ".mjs", ".json", ".node")


def _mongod(workshop: Workshop) -> Tree:
    jars = given("MONGOD_LIBS")

    def compile_(target: Path) -> None:
        sources = sorted((HERE / "mongod").glob("*.java"))
        java = Path(program("java")).resolve().parents[1] / "bin/javac"
        subprocess.run([java, "-d", target, "-cp", f"{jars}/*", *sources], check=True)

    mongosh = Path(program("mongosh")).absolute().parents[2]
    options = "-Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
    at = "/opt/mongod"
    return {
        **_java(workshop, f"{at}/java"),
        **folder(jars, f"{at}/jars"),
        **folder(workshop.made("mongod", compile_), f"{at}/classes"),
        # A third of the files are types, maps and documents.
        **{p: i for p, i in folder(mongosh, "/opt/mongosh").items() if p.endswith(_LOADED)},
        **binary(program("node"), "/opt/node"),
        "/usr/bin/mongod": script(
            f'exec {at}/java/bin/java {options} -cp "{at}/classes:{at}/jars/*" Mongod "$@"'
        ),
        "/usr/bin/mongosh": script(
            'exec /opt/node /opt/mongosh/node_modules/mongosh/bin/mongosh.js "$@"'
        ),
        "/data/db": Item(owner=999),
        "/data/configdb": Item(owner=999),
    }


_KAFKA = {
    "kafka-storage.sh": "kafka.tools.StorageTool",
    "kafka-server-start.sh": "kafka.Kafka",
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
}


def _kafka(workshop: Workshop) -> Tree:
    at = "/opt/kafka"
    options = "-XX:-UsePerfData -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    commands = {
        f"{at}/bin/{name}": script(
            f"exec java ${{KAFKA_HEAP_OPTS:--Xmx256M}} {options} $KAFKA_LOG4J_OPTS"
            f" -cp '{at}/libs/*' {main} \"$@\""
        )
        for name, main in _KAFKA.items()
    }
    return {
        **_java(workshop, "/opt/java/openjdk"),
        **folder(given("KAFKA_LIBS"), f"{at}/libs"),
        **commands,
        "/var/lib/kafka/data": Item(owner=1000),
        "/etc/kafka/secrets": Item(owner=1000),
        "/mnt/shared/config": Item(owner=1000),
    }


_NGINX = """\
user nginx;
worker_processes auto;
pid /run/nginx.pid;
error_log /dev/stderr notice;
events { worker_connections 1024; }
http {
  access_log /dev/stdout;
  client_body_temp_path /var/cache/nginx/client_temp;
  proxy_temp_path /var/cache/nginx/proxy_temp;
  fastcgi_temp_path /var/cache/nginx/fastcgi_temp;
  uwsgi_temp_path /var/cache/nginx/uwsgi_temp;
  scgi_temp_path /var/cache/nginx/scgi_temp;
  include /etc/nginx/conf.d/*.conf;
}
"""
_SITE = """\
server {
  listen 80;
  root /usr/share/nginx/html;
}
"""


def _front(_: Workshop) -> Tree:
    return {
        **binary(program("nginx"), "/usr/sbin/nginx"),
        "/docker-entrypoint.sh": script('exec "$@"'),
        "/etc/nginx/nginx.conf": Item(_NGINX.encode(), mode=0o644),
        "/etc/nginx/conf.d/default.conf": Item(_SITE.encode(), mode=0o644),
        "/usr/share/nginx/html/index.html": Item(b"<title>OpenIM</title>\n", mode=0o644),
        "/var/cache/nginx": Item(owner=101),
        "/var/log/nginx": Item(),
        "/run": Item(),
        "/var/run": Item(link="/run"),
    }


def _seaweedfs(_: Workshop) -> Tree:
    return {**binary(program("weed"), "/usr/bin/weed"), "/data": Item(owner=1000)}


def _nothing(_: Workshop) -> Tree:
    return {}


_SHELL = "GNU's tools and dash in place of BusyBox and musl"

STAND_INS = (
    StandIn("busybox", "the tools that the image has", _SHELL, _nothing),
    StandIn("curl", "Debian's curl", _SHELL, _nothing),
    StandIn("redis", "Debian's Redis", "Redis 8", _redis),
    StandIn(
        "mongo",
        "mongosh; mongo-java-server on H2 with logins and a replica set of one member (mongod/)",
        "mongod: transactions, elections, its memory and its files",
        _mongod,
    ),
    StandIn(
        "kafka",
        "Kafka's jars, with start scripts of our own",
        f"Kafka's own start scripts; {_SHELL}",
        _kafka,
    ),
    StandIn(
        "openim-server",
        "the modules of v3.8.3",
        f"what v3.8.3-patch.15 changed; {_SHELL}",
        _openim("server"),
    ),
    StandIn(
        "openim-chat",
        "the modules of v1.8.4",
        f"what v1.8.4-patch.5 changed; {_SHELL}",
        _openim("chat"),
    ),
    StandIn(
        "openim-web-front",
        "nginx with an empty page",
        f"OpenIM's pages; {_SHELL}",
        _front,
    ),
    StandIn(
        "openim-admin-front",
        "nginx with an empty page",
        f"OpenIM's pages; {_SHELL}",
        _front,
    ),
    StandIn("etcd", "etcd", "", _go("etcd", "/usr/local/bin/etcd")),
    StandIn(
        "seaweedfs",
        "SeaweedFS 4.53",
        f"what the image of 4.47 has else; {_SHELL}",
        _seaweedfs,
    ),
    StandIn("prometheus", "Prometheus", "", _go("prometheus", "/bin/prometheus")),
    StandIn("alertmanager", "Alertmanager", "", _go("alertmanager", "/bin/alertmanager")),
    StandIn("redis-exporter", "the exporter", "", _go("redis_exporter", "/redis_exporter")),
    StandIn(
        "mongodb-exporter",
        "the exporter",
        "",
        _go("mongodb_exporter", "/mongodb_exporter"),
    ),
    StandIn(
        "kafka-exporter",
        "an exporter of our own with the metrics that alerts use (kafka-exporter/)",
        "the real exporter",
        _go("kafka-exporter-for-nodes", "/bin/kafka_exporter"),
    ),
)
