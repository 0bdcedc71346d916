"""What the API server demands of volumes beyond the published schemas; see ``limits_pods``."""

from __future__ import annotations

from generator.kubernetes import patterns as p

_MODE = {"defaultMode": p.FILE_MODE}
_OCTAL = {"mode": p.FILE_MODE}

VOLUME_LIMITS: dict[str, p.Schema] = {
    "ConfigMapProjection": {"required": ["name"], "properties": {"name": p.SUBDOMAIN}},
    "ConfigMapVolumeSource": {"required": ["name"], "properties": {"name": p.SUBDOMAIN, **_MODE}},
    "DownwardAPIVolumeFile": {
        **p.exactly_one("fieldRef", "resourceFieldRef"),
        "properties": {"path": {**p.FILLED, **p.RELATIVE_PATH}, **_OCTAL},
    },
    "DownwardAPIVolumeSource": {"properties": _MODE},
    "EmptyDirVolumeSource": {
        "properties": {"medium": {"pattern": "^(Memory|HugePages(-.+)?)?$"}, "sizeLimit": p.AMOUNT}
    },
    "EphemeralVolumeSource": {"required": ["volumeClaimTemplate"]},
    "HostPathVolumeSource": {
        "properties": {
            "path": p.FILLED,
            "type": p.one_of(
                "",
                "DirectoryOrCreate",
                "Directory",
                "FileOrCreate",
                "File",
                "Socket",
                "CharDevice",
                "BlockDevice",
            ),
        }
    },
    "KeyToPath": {
        "properties": {"key": p.CONFIG_KEY, "path": {**p.FILLED, **p.RELATIVE_PATH}, **_OCTAL}
    },
    "NFSVolumeSource": {"properties": {"path": p.ABSOLUTE_PATH, "server": p.FILLED}},
    "PersistentVolumeClaimVolumeSource": {"properties": {"claimName": p.SUBDOMAIN}},
    "ProjectedVolumeSource": {"required": ["sources"], "properties": _MODE},
    "SecretProjection": {"required": ["name"], "properties": {"name": p.SUBDOMAIN}},
    "SecretVolumeSource": {
        "required": ["secretName"],
        "properties": {"secretName": p.SUBDOMAIN, **_MODE},
    },
    "ServiceAccountTokenProjection": {
        "properties": {
            "path": {**p.FILLED, **p.RELATIVE_PATH},
            "expirationSeconds": {"minimum": 600, "maximum": 4294967296},
        }
    },
    "Volume": {"maxProperties": 2, "properties": {"name": p.DNS_LABEL}},
    "VolumeDevice": {"properties": {"devicePath": p.FILLED, "name": p.FILLED}},
    "VolumeMount": {
        "properties": {
            "mountPath": {"pattern": "^[^:]+$"},
            "name": p.FILLED,
            "subPath": p.RELATIVE_PATH,
            "subPathExpr": p.RELATIVE_PATH,
            "mountPropagation": p.one_of("None", "HostToContainer", "Bidirectional"),
            "recursiveReadOnly": p.one_of("Disabled", "IfPossible", "Enabled"),
        },
        "allOf": [
            p.at_most_one("subPath", "subPathExpr"),
            p.when(
                "recursiveReadOnly",
                ["IfPossible", "Enabled"],
                {"required": ["readOnly"], "properties": {"readOnly": {"const": True}}},
            ),
        ],
    },
    "VolumeProjection": {"minProperties": 1, "maxProperties": 1},
}
