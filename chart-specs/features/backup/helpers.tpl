{{/* Name of what makes backups (END backup) or restores one (END restore); takes (list root END). A CronJob's is no
longer than 52 characters. */}}
{{- define "[[ prefix ]].backupName" -}}
{{- printf "%s-%s" (include "[[ prefix ]].fullname" (first .) | trunc 44 | trimSuffix "-") (last .) }}
{{- end }}

{{/* The Job that makes a backup or restores one; takes (list root END CONTAINER) with the container's own lines. */}}
{{- define "[[ prefix ]].backupJob" -}}
{{- $root := first . -}}
backoffLimit: {{ ternary 2 0 (eq (index . 1) "backup") }}
activeDeadlineSeconds: {{ $root.Values.backup.deadlineSeconds }}
template:
  metadata:
    labels:
      {{- include "[[ prefix ]].podLabels" (list $root "backup") | nindent 6 }}
    {{- with include "[[ prefix ]].podAnnotations" (list $root) }}
    annotations:
      {{- . | nindent 6 }}
    {{- end }}
  spec:
    serviceAccountName: {{ include "[[ prefix ]].serviceAccountName" $root | quote }}
    automountServiceAccountToken: false
    restartPolicy: Never
    {{- with include "[[ prefix ]].taskSpec" $root | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    containers:
      - name: {{ index . 1 }}
        image: {{ include "[[ prefix ]].image" $root }}
        {{- include "[[ prefix ]].containerSettings" $root | nindent 8 }}
        {{- last . | nindent 8 }}
        {{- with include "[[ prefix ]].requirements" (list $root $root.Values.backup.resources) }}
        resources:
          {{- . | nindent 10 }}
        {{- end }}
        volumeMounts:
          - name: backups
            mountPath: /backups
          - name: files
            mountPath: /files
            readOnly: true
          - name: tmp
            mountPath: /tmp
    volumes:
      - name: backups
        persistentVolumeClaim:
          claimName: {{ default (include "[[ prefix ]].backupName" (list $root "backup")) $root.Values.backup.existingClaim }}
      - name: files
        configMap:
          name: {{ include "[[ prefix ]].fullname" $root }}
      - name: tmp
        emptyDir:
          medium: Memory
          sizeLimit: 64Mi
{{- end }}

{{- define "[[ prefix ]].backupContainer" -}}
[[ hook("backup.container") ]]
{{- end }}

{{- define "[[ prefix ]].restoreContainer" -}}
[[ hook("restore.container") ]]
{{- end }}
