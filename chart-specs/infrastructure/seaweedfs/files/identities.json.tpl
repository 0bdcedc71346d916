{
  "identities": [
    {
      "name": "openim",
      "credentials": [{"accessKey": "${ACCESS_KEY}", "secretKey": "${SECRET_KEY}"}],
      "actions": [
        "Read:{{ .Values.global.objectStorage.bucket }}",
        "Write:{{ .Values.global.objectStorage.bucket }}",
        "List:{{ .Values.global.objectStorage.bucket }}",
        "Tagging:{{ .Values.global.objectStorage.bucket }}"
      ]
    }
  ]
}
