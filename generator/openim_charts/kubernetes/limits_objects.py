"""What the API server demands of other objects beyond the published schemas.

Laid out like POD_LIMITS. Sources: k8s.io/kubernetes pkg/apis/{core,apps,autoscaling,batch,
networking,policy,rbac}/validation, 1.31.
"""

from __future__ import annotations

from openim_charts.kubernetes import patterns as p

_SPEC: p.Schema = {"required": ["spec"]}
_PATH_TYPES = p.one_of("Exact", "Prefix", "ImplementationSpecific")
_ACCESS = {
    "items": {
        "type": "string",
        **p.one_of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
    }
}
_CLAIM = {
    "accessModes": _ACCESS,
    "volumeMode": p.one_of("Block", "Filesystem"),
}
_FAMILIES = p.one_of("IPv4", "IPv6")

OBJECT_LIMITS: dict[str, p.Schema] = {
    "ConfigMap": {
        "properties": {
            "data": {"propertyNames": p.CONFIG_KEY},
            "binaryData": {
                "propertyNames": p.CONFIG_KEY,
                "additionalProperties": {"type": "string", **p.BASE64},
            },
        }
    },
    "CronJob": _SPEC,
    "CronJobSpec": {
        "properties": {
            "schedule": p.FILLED,
            "concurrencyPolicy": p.one_of("Allow", "Forbid", "Replace"),
            "startingDeadlineSeconds": p.NATURAL,
            "successfulJobsHistoryLimit": p.NATURAL,
            "failedJobsHistoryLimit": p.NATURAL,
        }
    },
    "CrossVersionObjectReference": {"properties": {"kind": p.PATH_SEGMENT, "name": p.PATH_SEGMENT}},
    "DaemonSet": _SPEC,
    "DaemonSetUpdateStrategy": {"properties": {"type": p.one_of("RollingUpdate", "OnDelete")}},
    "Deployment": _SPEC,
    "DeploymentSpec": {
        "properties": {
            "replicas": p.NATURAL,
            "minReadySeconds": p.NATURAL,
            "revisionHistoryLimit": p.NATURAL,
            "progressDeadlineSeconds": p.NATURAL,
        }
    },
    "DeploymentStrategy": {
        "properties": {"type": p.one_of("Recreate", "RollingUpdate")},
        "allOf": [p.when("type", ["Recreate"], p.without("rollingUpdate"))],
    },
    "HorizontalPodAutoscaler": _SPEC,
    "HorizontalPodAutoscalerSpec": {
        "properties": {"minReplicas": p.POSITIVE, "maxReplicas": p.POSITIVE}
    },
    "HPAScalingPolicy": {
        "properties": {
            "type": p.one_of("Pods", "Percent"),
            "value": p.POSITIVE,
            "periodSeconds": {"minimum": 1, "maximum": 1800},
        }
    },
    "HPAScalingRules": {
        "properties": {
            "selectPolicy": p.one_of("Max", "Min", "Disabled"),
            "stabilizationWindowSeconds": {"minimum": 0, "maximum": 3600},
        }
    },
    "HTTPIngressPath": {"properties": {"pathType": _PATH_TYPES, "path": p.ABSOLUTE_PATH}},
    "IPBlock": {"properties": {"cidr": p.CIDR}},
    "Ingress": _SPEC,
    "IngressBackend": p.exactly_one("resource", "service"),
    "IngressRule": {
        "properties": {"host": {"pattern": r"^(\*\.)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}}
    },
    "Job": _SPEC,
    "JobSpec": {
        "properties": {
            "parallelism": p.NATURAL,
            "completions": p.NATURAL,
            "backoffLimit": p.NATURAL,
            "activeDeadlineSeconds": p.NATURAL,
            "ttlSecondsAfterFinished": p.NATURAL,
            "completionMode": p.one_of("NonIndexed", "Indexed"),
            "podReplacementPolicy": p.one_of("TerminatingOrFailed", "Failed"),
        }
    },
    "MetricSpec": {
        "properties": {
            "type": p.one_of("Object", "Pods", "Resource", "ContainerResource", "External")
        }
    },
    "MetricTarget": {"properties": {"type": p.one_of("Utilization", "Value", "AverageValue")}},
    "NetworkPolicy": _SPEC,
    "NetworkPolicyPeer": {
        "allOf": [
            p.at_most_one("ipBlock", "podSelector"),
            p.at_most_one("ipBlock", "namespaceSelector"),
        ]
    },
    "NetworkPolicyPort": {
        "properties": {
            "port": p.PORT_OR_NAME,
            "endPort": p.PORT,
            "protocol": p.one_of("TCP", "UDP", "SCTP"),
        }
    },
    "NetworkPolicySpec": {
        "properties": {
            "policyTypes": {"items": {"type": "string", **p.one_of("Ingress", "Egress")}}
        }
    },
    "ObjectMeta": {
        "properties": {
            "labels": p.map_of(p.LABEL_KEY, p.LABEL_VALUE),
            "annotations": p.map_of(p.LABEL_KEY, {}),
            "namespace": p.DNS_LABEL,
            "name": {**p.PATH_SEGMENT, "maxLength": 253},
        }
    },
    "PersistentVolumeClaim": _SPEC,
    "PersistentVolumeClaimSpec": {
        "required": ["accessModes", "resources"],
        "properties": {**_CLAIM, "accessModes": {**_ACCESS, **p.SOME}},
    },
    "PodDisruptionBudget": _SPEC,
    "PodDisruptionBudgetSpec": {
        **p.at_most_one("minAvailable", "maxUnavailable"),
        "properties": {
            "minAvailable": p.COUNT_OR_PERCENT,
            "maxUnavailable": p.COUNT_OR_PERCENT,
            "unhealthyPodEvictionPolicy": p.one_of("IfHealthyBudget", "AlwaysAllow"),
        },
    },
    "PolicyRule": {"properties": {"verbs": p.SOME}},
    "RoleRef": {"properties": {"kind": p.one_of("Role", "ClusterRole")}},
    "RollingUpdateDeployment": {
        "properties": {"maxSurge": p.ROLLOUT_SHARE, "maxUnavailable": p.COUNT_OR_PERCENT}
    },
    "RollingUpdateStatefulSetStrategy": {
        "properties": {"partition": p.NATURAL, "maxUnavailable": p.COUNT_OR_PERCENT}
    },
    "Secret": {
        "properties": {
            "data": {
                "propertyNames": p.CONFIG_KEY,
                "additionalProperties": {"type": "string", **p.BASE64},
            },
            "stringData": {"propertyNames": p.CONFIG_KEY},
        }
    },
    "ServiceBackendPort": {"properties": {"number": p.PORT, "name": p.PORT_NAME}},
    "ServicePort": {
        "properties": {
            "name": p.DNS_LABEL,
            "port": p.PORT,
            "nodePort": p.PORT,
            "targetPort": p.PORT_OR_NAME,
            "protocol": p.one_of("TCP", "UDP", "SCTP"),
        }
    },
    "ServiceSpec": {
        "properties": {
            "type": p.one_of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
            "externalTrafficPolicy": p.one_of("Cluster", "Local"),
            "internalTrafficPolicy": p.one_of("Cluster", "Local"),
            "ipFamilyPolicy": p.one_of("SingleStack", "PreferDualStack", "RequireDualStack"),
            "ipFamilies": {"maxItems": 2, "items": {"type": "string", **_FAMILIES}},
            "sessionAffinity": p.one_of("None", "ClientIP"),
            "selector": p.map_of(p.LABEL_KEY, p.LABEL_VALUE),
            "healthCheckNodePort": p.PORT,
            "loadBalancerSourceRanges": {"items": {"type": "string", **p.CIDR}},
            "externalIPs": {"items": {"type": "string", **p.IP}},
        },
        "allOf": [p.when("type", ["ExternalName"], {"required": ["externalName"]})],
    },
    "StatefulSet": _SPEC,
    "StatefulSetPersistentVolumeClaimRetentionPolicy": {
        "properties": {key: p.one_of("Retain", "Delete") for key in ("whenDeleted", "whenScaled")}
    },
    "StatefulSetSpec": {
        "properties": {
            "replicas": p.NATURAL,
            "podManagementPolicy": p.one_of("OrderedReady", "Parallel"),
            "revisionHistoryLimit": p.NATURAL,
            "minReadySeconds": p.NATURAL,
        }
    },
    "StatefulSetUpdateStrategy": {"properties": {"type": p.one_of("OnDelete", "RollingUpdate")}},
    "Subject": {"properties": {"kind": p.one_of("User", "Group", "ServiceAccount")}},
    "VolumeResourceRequirements": {
        "properties": {
            key: {"propertyNames": {"const": "storage"}, "additionalProperties": p.AMOUNT}
            for key in ("limits", "requests")
        }
    },
}


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
