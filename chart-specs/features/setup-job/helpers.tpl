{{- define "[[ prefix ]].setupJob" -}}
backoffLimit: 20
template:
  metadata:
    labels:
      {{- include "[[ prefix ]].podLabels" (list . "setup") | nindent 6 }}
    annotations:
      {{- $checksum := dict "checksum/files" (include "[[ prefix ]].filesData" . | sha256sum) }}
      {{- include "[[ prefix ]].podAnnotations" (list . $checksum) | nindent 6 }}
  spec:
    automountServiceAccountToken: false
    restartPolicy: OnFailure
    {{- with include "[[ prefix ]].taskSpec" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    containers:
      - name: setup
[% if options.get("image") %]
        image: {{ include "[[ prefix ]].imageReference" (list . .Values.setupJob.image "[[ catalog.images[options.image].registry ]]") }}
[% else %]
        image: {{ include "[[ prefix ]].image" . }}
[% endif %]
        {{- include "[[ prefix ]].containerSettings" . | nindent 8 }}
        [[ hook("setup.container") ]]
        {{- with include "[[ prefix ]].requirements" (list . .Values.setupJob.resources) }}
        resources:
          {{- . | nindent 10 }}
        {{- end }}
        volumeMounts:
          - name: files
            mountPath: /files
            readOnly: true
          - name: tmp
            mountPath: /tmp
    volumes:
      - name: files
        configMap:
          name: {{ include "[[ prefix ]].fullname" . }}
      - name: tmp
        emptyDir: {{ include "[[ prefix ]].temporaryVolume" . }}
{{- end }}
