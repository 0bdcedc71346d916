{{- define "[[ prefix ]].setupJob" -}}
backoffLimit: 20
template:
  metadata:
    labels:
      app.kubernetes.io/name: [[ chart.name ]]-setup
      app.kubernetes.io/instance: {{ .Release.Name }}
      app.kubernetes.io/part-of: {{ include "[[ prefix ]].instance" . }}
    annotations:
      checksum/files: {{ include "[[ prefix ]].filesData" . | sha256sum }}
  spec:
    automountServiceAccountToken: false
    restartPolicy: OnFailure
    {{- with include "[[ prefix ]].placement" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with .Values.podSecurityContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    containers:
      - name: setup
        image: {{ include "[[ prefix ]].[[ options.get("imageHelper", "image") ]]" [[ options.get("imageArgument", ".") ]] }}
        imagePullPolicy: {{ .Values.image.pullPolicy }}
        [[ hook("setup.container") ]]
        {{- with .Values.setupJob.resources }}
        resources:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with .Values.containerSecurityContext }}
        securityContext:
          {{- toYaml . | nindent 10 }}
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
        emptyDir: {}
{{- end }}
