{{/* discovery.yml: Discovery, by which modules register and find one another. */}}
{{- define "openim-chat-rpc.config.discovery" -}}
enable: {{ .Values.global.discovery.type | toJson }}
etcd:
  rootDirectory: {{ .Values.global.discovery.rootDirectory | toJson }}
  address: {{ include "openim-chat-rpc.etcd.addresses" . }}
  username: null
  password: null
kubernetes:
  namespace: ''
rpcService:
  chat: chat-rpc-service
  admin: admin-rpc-service
{{- end }}

{{/* share.yml: Connection of chat to OpenIM, and administrators of chat. */}}
{{- define "openim-chat-rpc.config.share" -}}
openIM:
  apiURL: http://{{ include "openim-chat-rpc.instance" . }}-api:10002
  secret: null
  adminUserID: {{ first .Values.global.server.adminUserIDs | toJson }}
chatAdmin: null
proxyHeader: ''
{{- end }}

{{/* log.yml: Logging of the modules. */}}
{{- define "openim-chat-rpc.config.log" -}}
storageLocation: ''
rotationTime: 24
remainRotationCount: 2
remainLogLevel: {{ .Values.global.logging.level | toJson }}
isStdout: true
isJson: {{ .Values.global.logging.json | toJson }}
isSimplify: true
withStack: false
{{- end }}

{{/* redis.yml: Connection to Redis. */}}
{{- define "openim-chat-rpc.config.redis" -}}
address: {{ include "openim-chat-rpc.redis.addresses" . }}
username: null
password: null
enablePipeline: false
clusterMode: {{ eq .Values.global.redis.topology "cluster" }}
db: {{ .Values.global.redis.database | toJson }}
maxRetry: 10
{{- end }}

{{/* mongodb.yml: Connection to MongoDB. */}}
{{- define "openim-chat-rpc.config.mongodb" -}}
uri: null
address: {{ include "openim-chat-rpc.mongodb.addresses" . }}
database: {{ .Values.global.mongodb.database | toJson }}
username: {{ (ternary "root" .Values.global.mongodb.username (and (eq .Values.global.mongodb.mode "kubeblocks") (not .Values.global.mongodb.existingSecret))) | toJson }}
password: null
authSource: {{ (ternary "admin" .Values.global.mongodb.authSource (and (eq .Values.global.mongodb.mode "kubeblocks") (not .Values.global.mongodb.existingSecret))) | toJson }}
maxPoolSize: 100
maxRetry: 10
{{- end }}

{{/* chat-rpc-chat.yml: Settings of openim-chat-rpc. */}}
{{- define "openim-chat-rpc.config.chat-rpc-chat" -}}
rpc:
  registerIP: ''
  listenIP: 0.0.0.0
  ports: [30300]
verifyCode:
  validTime: 300
  validCount: 5
  uintTime: 86400
  maxCount: 10
  superCode: null
  len: 6
  phone:
    use: ''
    ali:
      endpoint: ''
      accessKeyId: null
      accessKeySecret: null
      signName: ''
      verificationCodeTemplateCode: ''
  mail:
    enable: false
    title: ''
    senderMail: ''
    senderAuthorizationCode: null
    smtpAddr: ''
    smtpPort: 465
liveKit:
  url: ''
  key: null
  secret: null
allowRegister: true
{{- end }}
