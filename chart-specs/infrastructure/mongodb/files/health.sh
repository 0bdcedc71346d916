#!/bin/bash
# Whether the server is a primary or a secondary. It sends the command {hello: 1, $db: "admin"} as MongoDB's wire
# protocol has it (OP_MSG) and looks into the answer: the shell, mongosh, would take 135 MB of the container's memory
# and two seconds of CPU each time.
set -u
export LC_ALL=C
exec 3<>"/dev/tcp/${ADDRESS:-127.0.0.1}/27017" || exit 1
printf '\x34\0\0\0\1\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0\x1f\0\0\0\x10hello\0\1\0\0\0\2\44db\0\6\0\0\0admin\0\0' >&3
length=$(head -c 4 <&3 | od -An -tu4)
head -c "$((length - 4))" <&3 | grep -qaP '(isWritablePrimary|secondary)\x00\x01'
