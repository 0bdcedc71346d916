{{/* discovery.yml: Discovery, by which modules register and find one another. */}}
{{- define "openim-msggateway.config.discovery" -}}
enable: {{ .Values.global.discovery.type | toJson }}
etcd:
  rootDirectory: {{ .Values.global.discovery.rootDirectory | toJson }}
  address: {{ include "openim-msggateway.etcd.addresses" . }}
  username: null
  password: null
{{- end }}

{{/* share.yml: Settings that must be equal in all modules. */}}
{{- define "openim-msggateway.config.share" -}}
secret: null
rpcRegisterName:
  user: user
  friend: friend
  msg: msg
  push: push
  messageGateway: messageGateway
  group: group
  auth: auth
  conversation: conversation
  third: third
imAdminUserID: {{ .Values.global.server.adminUserIDs | toJson }}
multiLogin:
  policy: 1
  maxNumOneEnd: 30
rpcMaxBodySize:
  requestMaxBodySize: 8388608
  responseMaxBodySize: 8388608
{{- end }}

{{/* log.yml: Logging of the modules. */}}
{{- define "openim-msggateway.config.log" -}}
storageLocation: ''
rotationTime: 24
remainRotationCount: 2
remainLogLevel: {{ .Values.global.logging.level | toJson }}
isStdout: true
isJson: {{ .Values.global.logging.json | toJson }}
isSimplify: true
withStack: false
{{- end }}

{{/* openim-msggateway.yml: Message gateway, which clients connect to by WebSocket. */}}
{{- define "openim-msggateway.config.openim-msggateway" -}}
rpc:
  registerIP: ''
  autoSetPorts: false
  ports: [10140]
prometheus:
  enable: true
  ports: [12140]
listenIP: 0.0.0.0
longConnSvr:
  ports: [10001]
  websocketMaxConnNum: 100000
  websocketMaxMsgLen: 4096
  websocketTimeout: 10
{{- end }}

{{/* redis.yml: Connection to Redis. */}}
{{- define "openim-msggateway.config.redis" -}}
address: {{ ternary (concat (include "openim-msggateway.redis.addresses" . | fromJsonArray) (include "openim-msggateway.redis.addresses" . | fromJsonArray)) (include "openim-msggateway.redis.addresses" . | fromJsonArray) (and (eq .Values.global.redis.topology "cluster") (eq (len (include "openim-msggateway.redis.addresses" . | fromJsonArray)) 1)) | toJson }}
username: null
password: null
redisMode: {{ .Values.global.redis.topology | toJson }}
db: {{ .Values.global.redis.database | toJson }}
maxRetry: 10
poolSize: 100
{{- end }}

{{/* webhooks.yml: Webhooks, which call a server of yours before and after events. All are disabled by default. */}}
{{- define "openim-msggateway.config.webhooks" -}}
url: ''
beforeSendSingleMsg:
  enable: false
  timeout: 5
  failedContinue: true
  allowedTypes: []
  deniedTypes: []
beforeUpdateUserInfoEx:
  enable: false
  timeout: 5
  failedContinue: true
afterUpdateUserInfoEx:
  enable: false
  timeout: 5
afterSendSingleMsg:
  enable: false
  timeout: 5
  attentionIds: []
  allowedTypes: []
  deniedTypes: []
beforeSendGroupMsg:
  enable: false
  timeout: 5
  failedContinue: true
  allowedTypes: []
  deniedTypes: []
beforeMsgModify:
  enable: false
  timeout: 5
  failedContinue: true
  allowedTypes: []
  deniedTypes: []
afterSendGroupMsg:
  enable: false
  timeout: 5
  allowedTypes: []
  deniedTypes: []
afterUserOnline:
  enable: false
  timeout: 5
afterUserOffline:
  enable: false
  timeout: 5
afterUserKickOff:
  enable: false
  timeout: 5
beforeOfflinePush:
  enable: false
  timeout: 5
  failedContinue: true
beforeOnlinePush:
  enable: false
  timeout: 5
  failedContinue: true
beforeGroupOnlinePush:
  enable: false
  timeout: 5
  failedContinue: true
beforeAddFriend:
  enable: false
  timeout: 5
  failedContinue: true
beforeUpdateUserInfo:
  enable: false
  timeout: 5
  failedContinue: true
afterUpdateUserInfo:
  enable: false
  timeout: 5
beforeCreateGroup:
  enable: false
  timeout: 5
  failedContinue: true
afterCreateGroup:
  enable: false
  timeout: 5
beforeMemberJoinGroup:
  enable: false
  timeout: 5
  failedContinue: true
beforeSetGroupMemberInfo:
  enable: false
  timeout: 5
  failedContinue: true
afterSetGroupMemberInfo:
  enable: false
  timeout: 5
afterQuitGroup:
  enable: false
  timeout: 5
afterKickGroupMember:
  enable: false
  timeout: 5
afterDismissGroup:
  enable: false
  timeout: 5
beforeApplyJoinGroup:
  enable: false
  timeout: 5
  failedContinue: true
afterGroupMsgRead:
  enable: false
  timeout: 5
afterSingleMsgRead:
  enable: false
  timeout: 5
beforeUserRegister:
  enable: false
  timeout: 5
  failedContinue: true
afterUserRegister:
  enable: false
  timeout: 5
afterTransferGroupOwner:
  enable: false
  timeout: 5
beforeSetFriendRemark:
  enable: false
  timeout: 5
  failedContinue: true
afterSetFriendRemark:
  enable: false
  timeout: 5
afterGroupMsgRevoke:
  enable: false
  timeout: 5
afterJoinGroup:
  enable: false
  timeout: 5
beforeInviteUserToGroup:
  enable: false
  timeout: 5
  failedContinue: true
afterSetGroupInfo:
  enable: false
  timeout: 5
beforeSetGroupInfo:
  enable: false
  timeout: 5
  failedContinue: true
afterSetGroupInfoEx:
  enable: false
  timeout: 5
beforeSetGroupInfoEx:
  enable: false
  timeout: 5
  failedContinue: true
afterRevokeMsg:
  enable: false
  timeout: 5
beforeAddBlack:
  enable: false
  timeout: 5
  failedContinue: false
afterAddFriend:
  enable: false
  timeout: 5
beforeAddFriendAgree:
  enable: false
  timeout: 5
  failedContinue: true
afterAddFriendAgree:
  enable: false
  timeout: 5
afterDeleteFriend:
  enable: false
  timeout: 5
beforeImportFriends:
  enable: false
  timeout: 5
  failedContinue: true
afterImportFriends:
  enable: false
  timeout: 5
afterRemoveBlack:
  enable: false
  timeout: 5
{{- end }}
