"""What the API server demands of pods beyond the published schemas.

Each entry is merged into the definition of that name: ``properties`` property by property, the
rest as it stands. Source: k8s.io/kubernetes pkg/apis/core/validation/validation.go, 1.31.
"""

from __future__ import annotations

from openim_charts.kubernetes import patterns as p

_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_LABELS = p.map_of(p.LABEL_KEY, p.LABEL_VALUE)
_SECONDS = dict.fromkeys(("timeoutSeconds", "periodSeconds", "failureThreshold"), p.POSITIVE)
_PROFILE = {
    "required": ["type"],
    "properties": {"type": p.one_of("RuntimeDefault", "Unconfined", "Localhost")},
    "allOf": [
        p.when("type", ["Localhost"], {"required": ["localhostProfile"]}),
        p.when("type", ["RuntimeDefault", "Unconfined"], p.without("localhostProfile")),
    ],
}
_REQUIREMENT = {"key": p.LABEL_KEY, "operator": p.one_of("In", "NotIn", "Exists", "DoesNotExist")}
_KEY_REFERENCE = {
    "required": ["key", "name"],
    "properties": {"name": p.SUBDOMAIN, "key": p.CONFIG_KEY},
}
_ENV_REFERENCE = {"required": ["name"], "properties": {"name": p.SUBDOMAIN}}
_RESOURCE_NAME = {
    "pattern": "^(cpu|memory|ephemeral-storage|hugepages-[^/]+|[-a-z0-9.]+/[-A-Za-z0-9_.]+)$"
}
_RESOURCES = {"propertyNames": _RESOURCE_NAME, "additionalProperties": p.AMOUNT}
_WEIGHT = {"properties": {"weight": {"minimum": 1, "maximum": 100}}}

POD_LIMITS: dict[str, p.Schema] = {
    "Capabilities": {
        "properties": {key: {"items": {"type": "string", **p.FILLED}} for key in ("add", "drop")}
    },
    "ConfigMapEnvSource": _ENV_REFERENCE,
    "ConfigMapKeySelector": _KEY_REFERENCE,
    "Container": {
        "required": ["name", "image"],
        "properties": {
            "name": p.DNS_LABEL,
            "image": {"pattern": r"^\S+$"},
            "imagePullPolicy": p.one_of("Always", "IfNotPresent", "Never"),
            "terminationMessagePolicy": p.one_of("File", "FallbackToLogsOnError"),
            "restartPolicy": p.one_of("Always"),
            "terminationMessagePath": p.ABSOLUTE_PATH,
        },
    },
    "ContainerPort": {
        "properties": {
            "containerPort": p.PORT,
            "hostPort": p.PORT,
            "name": p.PORT_NAME,
            "protocol": p.one_of("TCP", "UDP", "SCTP"),
        }
    },
    "ContainerResizePolicy": {
        "properties": {
            "resourceName": p.one_of("cpu", "memory"),
            "restartPolicy": p.one_of("NotRequired", "RestartContainer"),
        }
    },
    "EnvFromSource": {
        **p.exactly_one("configMapRef", "secretRef"),
        "properties": {"prefix": p.ENV_NAME},
    },
    "EnvVar": {**p.at_most_one("value", "valueFrom"), "properties": {"name": p.ENV_NAME}},
    "EnvVarSource": p.exactly_one(
        "configMapKeyRef", "fieldRef", "resourceFieldRef", "secretKeyRef", "fileKeyRef"
    ),
    "ExecAction": {"required": ["command"], "properties": {"command": p.SOME}},
    "GRPCAction": {"properties": {"port": p.PORT}},
    "HostAlias": {
        "properties": {"ip": p.IP, "hostnames": {"items": {"type": "string", **p.SUBDOMAIN}}}
    },
    "HTTPGetAction": {
        "properties": {
            "port": p.PORT_OR_NAME,
            "path": p.FILLED,
            "scheme": p.one_of("HTTP", "HTTPS"),
        }
    },
    "HTTPHeader": {"properties": {"name": {"pattern": "^[-A-Za-z0-9]+$"}}},
    "LabelSelector": {"properties": {"matchLabels": _LABELS}},
    "LabelSelectorRequirement": {"properties": _REQUIREMENT, "allOf": p.OPERATOR_VALUES},
    "LifecycleHandler": p.exactly_one("exec", "httpGet", "tcpSocket", "sleep"),
    "LocalObjectReference": {"required": ["name"], "properties": {"name": p.SUBDOMAIN}},
    "NodeSelector": {"properties": {"nodeSelectorTerms": p.SOME}},
    "NodeSelectorRequirement": {
        "properties": {
            "key": p.FILLED,
            "operator": p.one_of("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
        },
        "allOf": [
            *p.OPERATOR_VALUES,
            p.when(
                "operator",
                ["Gt", "Lt"],
                {
                    "required": ["values"],
                    "properties": {
                        "values": {"minItems": 1, "maxItems": 1, "items": {"pattern": "^-?[0-9]+$"}}
                    },
                },
            ),
        ],
    },
    "ObjectFieldSelector": {"properties": {"fieldPath": p.FILLED}},
    "PodAffinityTerm": {
        "properties": {
            "topologyKey": p.LABEL_KEY,
            "namespaces": {"items": {"type": "string", **p.DNS_LABEL}},
        }
    },
    "PodDNSConfig": {
        "properties": {"nameservers": {"maxItems": 3, "items": {"type": "string", **p.IP}}}
    },
    "PodDNSConfigOption": {"required": ["name"], "properties": {"name": p.FILLED}},
    "PodSecurityContext": {
        "properties": {
            "fsGroup": p.ID,
            "runAsUser": p.ID,
            "runAsGroup": p.ID,
            "supplementalGroups": {"items": {"type": "integer", **p.ID}},
            "fsGroupChangePolicy": p.one_of("Always", "OnRootMismatch"),
            "supplementalGroupsPolicy": p.one_of("Merge", "Strict"),
        }
    },
    "PodSpec": {
        "properties": {
            "containers": p.SOME,
            "restartPolicy": p.one_of("Always", "OnFailure", "Never"),
            "dnsPolicy": p.one_of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
            "preemptionPolicy": p.one_of("PreemptLowerPriority", "Never"),
            "terminationGracePeriodSeconds": p.NATURAL,
            "activeDeadlineSeconds": p.POSITIVE,
            "nodeSelector": _LABELS,
            "serviceAccountName": p.SUBDOMAIN,
            "priorityClassName": p.SUBDOMAIN,
            "runtimeClassName": p.SUBDOMAIN,
            "hostname": p.DNS_LABEL,
            "subdomain": p.DNS_LABEL,
        },
        "allOf": [p.when("dnsPolicy", ["None"], {"required": ["dnsConfig"]})],
    },
    "PreferredSchedulingTerm": _WEIGHT,
    "Probe": {
        "properties": {
            **_SECONDS,
            "initialDelaySeconds": p.NATURAL,
            "successThreshold": p.POSITIVE,
            "terminationGracePeriodSeconds": p.POSITIVE,
        },
        **p.exactly_one(*_HANDLERS),
    },
    "ResourceRequirements": {"properties": {"limits": _RESOURCES, "requests": _RESOURCES}},
    "SeccompProfile": _PROFILE,
    "AppArmorProfile": _PROFILE,
    "SecretEnvSource": _ENV_REFERENCE,
    "SecretKeySelector": _KEY_REFERENCE,
    "SecurityContext": {
        "properties": {
            "runAsUser": p.ID,
            "runAsGroup": p.ID,
            "procMount": p.one_of("Default", "Unmasked"),
        },
        "not": {
            "required": ["privileged", "allowPrivilegeEscalation"],
            "properties": {
                "privileged": {"const": True},
                "allowPrivilegeEscalation": {"const": False},
            },
        },
    },
    "SleepAction": {"properties": {"seconds": p.POSITIVE}},
    "Sysctl": {
        "properties": {
            "name": {
                "pattern": r"^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$"
            }
        }
    },
    "TCPSocketAction": {"properties": {"port": p.PORT_OR_NAME}},
    "Toleration": {
        "properties": {
            "key": p.LABEL_KEY,
            "value": p.LABEL_VALUE,
            "operator": p.one_of("Exists", "Equal"),
            "effect": p.one_of("NoSchedule", "PreferNoSchedule", "NoExecute"),
        },
        "allOf": [
            p.when("operator", ["Exists"], p.without("value")),
            {
                "if": {"not": {"required": ["key"]}},
                "then": {
                    "required": ["operator"],
                    "properties": {"operator": {"const": "Exists"}},
                },
            },
            {
                "if": {"required": ["tolerationSeconds"]},
                "then": {
                    "required": ["effect"],
                    "properties": {"effect": {"const": "NoExecute"}},
                },
            },
        ],
    },
    "TopologySpreadConstraint": {
        "properties": {
            "maxSkew": p.POSITIVE,
            "minDomains": p.POSITIVE,
            "topologyKey": p.LABEL_KEY,
            "whenUnsatisfiable": p.one_of("DoNotSchedule", "ScheduleAnyway"),
            "nodeAffinityPolicy": p.one_of("Honor", "Ignore"),
            "nodeTaintsPolicy": p.one_of("Honor", "Ignore"),
        },
        "allOf": [
            {"if": {"required": ["matchLabelKeys"]}, "then": {"required": ["labelSelector"]}},
            p.when("whenUnsatisfiable", ["ScheduleAnyway"], p.without("minDomains")),
        ],
    },
    "WeightedPodAffinityTerm": _WEIGHT,
}
