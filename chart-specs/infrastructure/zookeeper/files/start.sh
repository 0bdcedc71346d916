#!/bin/bash
# Gives the server its number, then runs it.
set -euo pipefail
data=${DATA:-/data}
config=${CONFIG:-/tmp/zoo.cfg}

# A subfolder, since ZooKeeper refuses a folder with files that it does not know, such as lost+found.
mkdir -p "$data/zookeeper"
echo $((${POD_NAME##*-} + 1)) >"$data/zookeeper/myid"
{ cat "${FILES:-/files}/zoo.cfg" && echo "dataDir=$data/zookeeper"; } >"$config"
exec zkServer.sh start-foreground "$config"
