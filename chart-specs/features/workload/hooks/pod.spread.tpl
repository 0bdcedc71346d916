{{- /* Pods of the last revision do not count: they will go, and a rollout must not wait for their places. */}}
{{- $_ := set $own "matchLabelKeys" (list "pod-template-hash") }}
