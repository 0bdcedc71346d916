"""Lists with which images reach machines that have no way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openim_charts.findings import UserError
from openim_charts.image import Image
from openim_charts.yamlio.writer import dump

_README = """\
# Images for machines with no way out

- `images.txt`: every image, one a line. On a machine with a way out:
  `xargs -n1 ctr images pull --all-platforms < images.txt`, then
  `ctr images export images.tar $(cat images.txt)`;
  on each node: `ctr --namespace k8s.io images import images.tar`.
- `skopeo.yaml`: for `skopeo sync --all --src yaml`, into a registry or (`--dest dir`) a folder.
- `mirror.txt`: source and target of each image, one pair a line:
  `while read -r from to; do skopeo copy --all docker://$from docker://$to; done < mirror.txt`
- `values.yaml`: values with which every chart pulls from the mirror.
- `certs.d/`: for /etc/containerd/certs.d/ on each node, where references shall stay as they are:
  containerd then asks the mirror first.
"""


def bundle(images: Iterable[Image], mirror: str) -> Mapping[str, str]:
    """Files by path for carrying the images to ``mirror`` (a host, perhaps with a port and path).

    Raises UserError when two images would have one name in the mirror.
    """
    wanted = sorted(set(images))
    targets = _targets(wanted, mirror)
    hosts = sorted({image.registry for image in wanted})
    return {
        "README.md": _README,
        "images.txt": "".join(f"{image}\n" for image in wanted),
        "skopeo.yaml": dump(_skopeo(wanted)),
        "mirror.txt": "".join(f"{_copied(i)} {targets[i]}\n" for i in wanted),
        "values.yaml": dump({"global": {"image": {"registry": mirror}}}),
        **{f"certs.d/{host}/hosts.toml": _hosts(host, mirror) for host in hosts},
    }


def _targets(images: Iterable[Image], mirror: str) -> dict[Image, str]:
    found = {image: _copied(image.at(mirror)) for image in images}
    by_name: dict[str, list[Image]] = {}
    for image, target in found.items():
        by_name.setdefault(target, []).append(image)
    clashes = [group for group in by_name.values() if len({i.registry for i in group}) > 1]
    if clashes:
        named = "; ".join(" and ".join(map(str, group)) for group in clashes)
        raise UserError(f"these would have one name in the mirror: {named}; give one another tag")
    return found


def _copied(image: Image) -> str:
    """The reference for a copy: by tag where there is one, for tools refuse tag and digest."""
    if image.tag:
        return f"{image.registry}/{image.repository}:{image.tag}"
    return f"{image.registry}/{image.repository}@{image.digest}"


def _skopeo(images: Iterable[Image]) -> dict[str, dict[str, dict[str, list[str]]]]:
    """The source of ``skopeo sync --src yaml`` (skopeo-sync(1))."""
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    for image in images:
        repositories = found.setdefault(image.registry, {"images": {}})["images"]
        tags = repositories.setdefault(image.repository, [])
        if image.wanted not in tags:
            tags.append(image.wanted)
    return found


def _hosts(registry: str, mirror: str) -> str:
    """containerd's docs/hosts.md; Docker Hub's API has a host of its own."""
    host, _, path = mirror.partition("/")
    server = "registry-1.docker.io" if registry == "docker.io" else registry
    place = f"https://{host}/v2/{path}" if path else f"https://{host}"
    override = "  override_path = true\n" if path else ""
    return (
        f'server = "https://{server}"\n\n[host."{place}"]\n'
        f'  capabilities = ["pull", "resolve"]\n{override}'
    )
