{{/* discovery.yml: Discovery, by which modules register and find one another. */}}
{{- define "openim-rpc-group.config.discovery" -}}
enable: {{ .Values.global.discovery.type | toJson }}
etcd:
  rootDirectory: {{ .Values.global.discovery.rootDirectory | toJson }}
  address: {{ include "openim-rpc-group.etcd.addresses" . }}
  username: null
  password: null
{{- end }}

{{/* share.yml: Settings that must be equal in all modules. */}}
{{- define "openim-rpc-group.config.share" -}}
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
{{- define "openim-rpc-group.config.log" -}}
storageLocation: ''
rotationTime: 24
remainRotationCount: 2
remainLogLevel: {{ .Values.global.logging.level | toJson }}
isStdout: true
isJson: {{ .Values.global.logging.json | toJson }}
isSimplify: true
withStack: false
{{- end }}

{{/* openim-rpc-group.yml: The group RPC module. */}}
{{- define "openim-rpc-group.config.openim-rpc-group" -}}
rpc:
  registerIP: ''
  listenIP: 0.0.0.0
  autoSetPorts: false
  ports: [10260]
prometheus:
  enable: true
  ports: [12260]
enableHistoryForNewMembers: true
{{- end }}

{{/* redis.yml: Connection to Redis. */}}
{{- define "openim-rpc-group.config.redis" -}}
address: {{ ternary (concat (include "openim-rpc-group.redis.addresses" . | fromJsonArray) (include "openim-rpc-group.redis.addresses" . | fromJsonArray)) (include "openim-rpc-group.redis.addresses" . | fromJsonArray) (and (eq .Values.global.redis.topology "cluster") (eq (len (include "openim-rpc-group.redis.addresses" . | fromJsonArray)) 1)) | toJson }}
username: null
password: null
redisMode: {{ .Values.global.redis.topology | toJson }}
db: {{ .Values.global.redis.database | toJson }}
maxRetry: 10
poolSize: 100
{{- end }}

{{/* mongodb.yml: Connection to MongoDB. */}}
{{- define "openim-rpc-group.config.mongodb" -}}
uri: null
address: {{ include "openim-rpc-group.mongodb.addresses" . }}
database: {{ .Values.global.mongodb.database | toJson }}
username: {{ (ternary "root" .Values.global.mongodb.username (and (eq .Values.global.mongodb.mode "kubeblocks") (not .Values.global.mongodb.existingSecret))) | toJson }}
password: null
authSource: {{ (ternary "admin" .Values.global.mongodb.authSource (and (eq .Values.global.mongodb.mode "kubeblocks") (not .Values.global.mongodb.existingSecret))) | toJson }}
maxPoolSize: 100
maxRetry: 10
{{- end }}

{{/* notification.yml: Notifications that users get about events. A missing event would send none. */}}
{{- define "openim-rpc-group.config.notification" -}}
groupCreated:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: create group title
    desc: create group desc
    ext: create group ext
groupInfoSet:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupInfoSet title
    desc: groupInfoSet desc
    ext: groupInfoSet ext
joinGroupApplication:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: true
    title: joinGroupApplication title
    desc: joinGroupApplication desc
    ext: joinGroupApplication ext
memberQuit:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: memberQuit title
    desc: memberQuit desc
    ext: memberQuit ext
groupApplicationAccepted:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: true
    title: groupApplicationAccepted title
    desc: groupApplicationAccepted desc
    ext: groupApplicationAccepted ext
groupApplicationRejected:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: true
    title: groupApplicationRejected title
    desc: groupApplicationRejected desc
    ext: groupApplicationRejected ext
groupOwnerTransferred:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupOwnerTransferred title
    desc: groupOwnerTransferred desc
    ext: groupOwnerTransferred ext
memberKicked:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: memberKicked title
    desc: memberKicked desc
    ext: memberKicked ext
memberInvited:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: memberInvited title
    desc: memberInvited desc
    ext: memberInvited ext
memberEnter:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: memberEnter title
    desc: memberEnter desc
    ext: memberEnter ext
groupDismissed:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupDismissed title
    desc: groupDismissed desc
    ext: groupDismissed ext
groupMuted:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupMuted title
    desc: groupMuted desc
    ext: groupMuted ext
groupCancelMuted:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupCancelMuted title
    desc: groupCancelMuted desc
    ext: groupCancelMuted ext
  defaultTips:
    tips: group Cancel Muted
groupMemberMuted:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupMemberMuted title
    desc: groupMemberMuted desc
    ext: groupMemberMuted ext
groupMemberCancelMuted:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupMemberCancelMuted title
    desc: groupMemberCancelMuted desc
    ext: groupMemberCancelMuted ext
groupMemberInfoSet:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupMemberInfoSet title
    desc: groupMemberInfoSet desc
    ext: groupMemberInfoSet ext
groupInfoSetAnnouncement:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupInfoSetAnnouncement title
    desc: groupInfoSetAnnouncement desc
    ext: groupInfoSetAnnouncement ext
groupInfoSetName:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: groupInfoSetName title
    desc: groupInfoSetName desc
    ext: groupInfoSetName ext
friendApplicationAdded:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: true
    title: Somebody applies to add you as a friend
    desc: Somebody applies to add you as a friend
    ext: Somebody applies to add you as a friend
friendApplicationApproved:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: true
    title: Someone applies to add your friend application
    desc: Someone applies to add your friend application
    ext: Someone applies to add your friend application
friendApplicationRejected:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: true
    title: Someone rejected your friend application
    desc: Someone rejected your friend application
    ext: Someone rejected your friend application
friendAdded:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: We have become friends
    desc: We have become friends
    ext: We have become friends
friendDeleted:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: deleted a friend
    desc: deleted a friend
    ext: deleted a friend
friendRemarkSet:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: Your friend's profile has been changed
    desc: Your friend's profile has been changed
    ext: Your friend's profile has been changed
blackAdded:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: blocked a user
    desc: blocked a user
    ext: blocked a user
blackDeleted:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: Remove a blocked user
    desc: Remove a blocked user
    ext: Remove a blocked user
friendInfoUpdated:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: friend info updated
    desc: friend info updated
    ext: friend info updated
userInfoUpdated:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: userInfo updated
    desc: userInfo updated
    ext: userInfo updated
userStatusChanged:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: user status changed
    desc: user status changed
    ext: user status changed
conversationChanged:
  isSendMsg: false
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: conversation changed
    desc: conversation changed
    ext: conversation changed
conversationSetPrivate:
  isSendMsg: true
  reliabilityLevel: 1
  unreadCount: false
  offlinePush:
    enable: false
    title: burn after reading
    desc: burn after reading
    ext: burn after reading
{{- end }}

{{/* webhooks.yml: Webhooks, which call a server of yours before and after events. All are disabled by default. */}}
{{- define "openim-rpc-group.config.webhooks" -}}
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

{{/* local-cache.yml: Caches in the memory of each module. Modules invalidate each other's entries through Redis channels. */}}
{{- define "openim-rpc-group.config.local-cache" -}}
user:
  topic: DELETE_CACHE_USER
  slotNum: 100
  slotSize: 2000
  successExpire: 300
  failedExpire: 5
group:
  topic: DELETE_CACHE_GROUP
  slotNum: 100
  slotSize: 2000
  successExpire: 300
  failedExpire: 5
friend:
  topic: DELETE_CACHE_FRIEND
  slotNum: 100
  slotSize: 2000
  successExpire: 300
  failedExpire: 5
conversation:
  topic: DELETE_CACHE_CONVERSATION
  slotNum: 100
  slotSize: 2000
  successExpire: 300
  failedExpire: 5
{{- end }}
