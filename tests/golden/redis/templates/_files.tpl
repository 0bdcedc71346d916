{{/* Data of the ConfigMap with the program's files; its pods start anew when it changes. */}}
{{- define "redis.filesData" }}
  hand-over.sh: |
    #!/bin/sh
    # Before a master stops, one of its replicas takes over, so that clients need not wait for the node timeout. Only one
    # that has the data: a server agrees to a replica that never reached it, as long as both count no writes.
    [ "$MODE" = cluster ] || exit 0
    cli() { # A node that does not answer must not use up the time that the server has to end.
      timeout 3 redis-cli -h "$@" 2>/dev/null | tr -d '\r'
    }
    follows() { # ADDRESS: the replica there is linked to this master
      replication=$(cli "$1" info replication)
      echo "$replication" | grep -qxF "master_host:$POD_IP" && echo "$replication" | grep -qx master_link_status:up
    }
    id=$(cli "$POD_IP" cluster myid)
    for replica in $(cli "$POD_IP" cluster nodes | awk -v id="$id" '$4 == id && $8 == "connected" && $3 !~ /fail/ { sub(/:[0-9]+@.*/, "", $2); print $2 }'); do
      follows "$replica" || continue
      [ "$(cli "$replica" cluster failover)" = OK ] || continue
      for _ in 1 2 3 4 5 6 7 8 9 10; do
        cli "$POD_IP" role | grep -q '^slave' && exit 0
        sleep 1
      done
    done
  health.sh: |
    #!/bin/sh
    # alive: the server answers, be it that it still loads its data. ready: it serves; in a cluster, all slots are served,
    # and a replica has the data of its master, so that a rollout does not go on to the master before.
    cli() { # A server that stands still must not leave clients behind that wait for ever.
      timeout 4 redis-cli -h "$POD_IP" "$@"
    }
    answer=$(cli ping 2>&1)
    case "$1 $answer" in
      *PONG*) ;;
      alive*LOADING* | alive*MASTERDOWN* | alive*BUSY*) exit 0 ;;
      *)
        echo "$answer"
        exit 1
        ;;
    esac
    [ "$1 $MODE" = "ready cluster" ] || exit 0
    cli cluster info | grep cluster_state:ok || exit 1
    ! cli info replication | grep master_link_status:down
  join.sh: |
    #!/bin/sh
    # Makes the node a member of the cluster and keeps it one. The first nodes are masters with an equal part of the
    # slots each, the others their replicas. Every step looks at the state first, so it does not matter when it runs, how
    # often, or whether the node or all nodes got new addresses or a node lost its volume.
    set -u
    # The first process of a container ends only on signals that it handles.
    trap 'exit 0' TERM
    ordinal=${POD_NAME##*-}
    masters=$((NODES / (REPLICAS + 1)))

    cli() {
      timeout 5 redis-cli -h "$POD_IP" "$@" 2>/dev/null | tr -d '\r'
    }

    address() { # ORDINAL
      getent hosts "$NAME-$1.$POD_DOMAIN" | awk '{ print $1; exit }'
    }

    # Lines of "id address host flags master link slots", one for each node that this node knows.
    # In a list "host" is what others announce; a node that has not answered yet has none.
    table() {
      cli cluster nodes | awk '{
        split($2, at, ","); sub(/@.*/, "", at[1])
        print $1, at[1], (at[2] == "" ? "-" : at[2]), $3, $4, $8, (NF > 8 ? "slots" : "none")
      }'
    }

    # The cluster knows nodes by their address: introduce those that this node cannot reach under the address that their
    # name has now. A known node keeps its identity and gets the new address.
    meet() {
      i=0
      while [ "$i" -lt "$NODES" ]; do
        at=$(address "$i")
        if [ -n "$at" ] && ! echo "$known" | awk -v at="$at:6379" '$2 == at && $6 == "connected" && $4 !~ /handshake/ { found = 1 } END { exit !found }'; then
          cli cluster meet "$at" 6379 >/dev/null
        fi
        i=$((i + 1))
      done
    }

    # A node that lost its volume came back under the same name with a new identity: forget the old one, unless it owns
    # slots that one of its replicas is about to take over. Who only heard of the old one does not know its name; but when
    # all names are in use, it is none of the pods.
    forget() {
      echo "$known" | awk -v n="$NODES" '
        $5 != "-" { followed[$5] = 1 }
        $4 ~ /fail|noaddr/ { gone[$1] = $3; owns[$1] = ($7 == "slots"); next }
        $3 != "-" && $6 == "connected" && !($3 in alive) { alive[$3] = 1; count++ }
        END { for (id in gone) if ((gone[id] in alive || count == n) && !(owns[id] && id in followed)) print id }' |
        while read -r id; do
          echo "forgetting $id"
          cli cluster forget "$id" >/dev/null
        done
    }

    # All nodes, and no other, are known, reached and identified.
    all_known() {
      echo "$known" | awk -v n="$NODES" '$6 != "connected" || $3 == "-" || $4 ~ /fail|handshake/ { exit 1 } END { exit NR != n }'
    }

    # The server goes on asking the old address of its master when it heard of the new one from others.
    relink() {
      master=$(echo "$known" | awk '$4 ~ /myself/ { print $5 }')
      at=$(echo "$known" | awk -v id="$master" '$1 == id && $6 == "connected" && $4 !~ /fail|noaddr/ { sub(/:[0-9]+$/, "", $2); print $2 }')
      asked=$(cli info replication | sed -n 's/^master_host://p')
      if [ -n "$at" ] && [ -n "$asked" ] && [ "$asked" != "$at" ]; then
        echo "following $master to $at"
        cli cluster replicate "$master" >/dev/null
      fi
    }

    # The name of this replica's master is alive under another identity: the master lost its volume. The server takes over
    # by itself when it had a link to the master, but not after a restart, although no better copy is left.
    succeed() {
      echo "$known" | awk '
        $4 ~ /myself/ { master = $5 }
        $4 ~ /fail|noaddr/ { gone[$1] = $3; next }
        $3 != "-" && $6 == "connected" { alive[$3] = 1 }
        END { exit !(master in gone && gone[master] in alive) }' &&
        [ "$(cli cluster failover force)" = OK ] && echo "taking over"
    }

    # Every pod knows exactly the nodes that there are, and none of them a node with slots from FIRST to LAST: a node that
    # lost its volume does not know that its replica is about to take its slots over.
    unowned() { # FIRST LAST
      i=0
      while [ "$i" -lt "$NODES" ]; do
        timeout 5 redis-cli -h "$(address "$i")" cluster nodes 2>/dev/null | awk -v n="$NODES" -v first="$1" -v last="$2" '
          $3 ~ /fail|noaddr|handshake/ { bad = 1 }
          { for (f = 9; f <= NF; f++) if (split($f, slots, "-") && slots[1] <= last + 0 && slots[slots[2] == "" ? 1 : 2] >= first + 0) bad = 1 }
          END { exit bad || NR != n }' || return 1
        i=$((i + 1))
      done
    }

    # A master without slots takes its part when nobody has it.
    take_slots() {
      [ "$ordinal" -lt "$masters" ] || return 1
      first=$((ordinal * 16384 / masters))
      last=$(((ordinal + 1) * 16384 / masters - 1))
      unowned "$first" "$last" || return 1
      [ "$(cli cluster addslotsrange "$first" "$last")" = OK ] && echo "took the slots $first to $last"
    }

    # Follow one of the masters that have the fewest replicas; at first each node has one that no other node prefers.
    follow() {
      [ "$(cli cluster info | awk -F'[:\r]' '$1 == "cluster_slots_assigned" { print $2 }')" = 16384 ] || return 0
      known=$(table)
      master=$(echo "$known" | sort -k3 | awk -v n="$ordinal" '
        $4 ~ /master/ && $7 == "slots" { order[++count] = $1; replicas[$1] += 0 }
        $4 ~ /slave/ { replicas[$5]++ }
        END {
          if (!count) exit
          fewest = 1000
          for (i = 1; i <= count; i++) if (replicas[order[i]] < fewest) fewest = replicas[order[i]]
          preferred = order[n % count + 1]
          for (i = 1; replicas[preferred] != fewest; i++) preferred = order[i]
          print preferred
        }')
      [ "$(cli cluster replicate "$master")" = OK ] && echo "replicating $master"
    }

    # Where every node runs, as spread.awk reads it; fails unless each does what the others think, with all its data.
    places() {
      echo "$known" | while read -r id at _ flags master _ slots; do
        case "$flags $slots" in
          *slave*) wanted=master_link_status:up ;;
          *slots) master=$id wanted=role:master ;;
          *) exit 1 ;;
        esac
        answer=$(timeout 5 redis-cli -h "${at%:*}" info server replication 2>/dev/null | tr -d '\r')
        place=$(echo "$answer" | sed -n 's|^config_file:.*/place/\([^/]*\)/\([^/]*\)/redis.conf$|\1 \2|p')
        [ -n "$place" ] && echo "$answer" | grep -qx "$wanted" || exit 1
        echo "$id $master $place"
      done
    }

    # The scheduler knows neither masters nor pairs, and who takes over stays master: whatever the places, the loss of one
    # must leave a majority of the masters, and a replica of each. The first pod sees to it for all, one step at a time,
    # when nothing else has changed for a while. It has nothing to do while a pod is away: then it is not the time.
    spread() {
      [ "$ordinal" = 0 ] || return 0
      now=$(echo "$known" | awk '{ sub(/^myself,/, "", $4); print $1, $2, $4, $5, $7 }' | sort)
      [ "$now" = "$before" ] || calm=0
      before=$now
      calm=$((calm + 1))
      if [ "$calm" -lt 4 ] || [ "$now" = "$good" ]; then return 0; fi
      calm=0
      rows=$(places) || return 0
      steps=$(echo "$rows" | awk -f "${FILES:-/files}/spread.awk")
      [ -n "$steps" ] || good=$now
      echo "$steps" | while read -r step id master; do
        [ -n "$step" ] || continue
        echo "$step $id $master"
        at=$(echo "$known" | awk -v id="$id" '$1 == id { sub(/:[0-9]+$/, "", $2); print $2 }')
        [ "$(timeout 5 redis-cli -h "$at" cluster "$step" ${master:+"$master"} 2>&1)" = OK ] || break
      done
    }

    before=''
    good=''
    calm=0
    while true; do
      pause=1
      known=$(table)
      if [ -n "$known" ]; then
        meet
        forget
        succeed || relink
        if all_known; then
          pause=5
          if echo "$known" | grep -q ' myself,master - .* none$'; then
            take_slots || follow
          fi
          spread
        else
          calm=0
        fi
      fi
      sleep "${PAUSE:-$pause}" &
      wait $!
    done
  redis.conf: |
    port 6379
    dir /data
    appendonly yes
    appendfsync everysec
    save ""
    maxmemory {{ .Values.maxmemory }}
    maxmemory-policy {{ .Values.maxmemoryPolicy }}
    tcp-keepalive 60
    shutdown-timeout 20
    {{- if eq .Values.mode "cluster" }}
    cluster-enabled yes
    cluster-config-file nodes.conf
    cluster-node-timeout {{ .Values.cluster.nodeTimeout }}
    cluster-preferred-endpoint-type hostname
    {{- end }}
    {{- with .Values.extraConfig }}
    {{- trim . | nindent 4 }}
    {{- end }}
  spread.awk: |
    # Reads "id master zone node" of every node; a master is its own master, and "-" a zone that is not known. Prints what
    # brings the cluster nearer to surviving the loss of any place: masters are shared evenly by places, and each has a
    # replica in another. A place is a zone, or a node where there are fewer than three zones. Prints nothing at the end.
    {
      ids[++n] = $1; master[$1] = $2; zone[$1] = $3; node[$1] = $4
      if (!($3 in zones)) { zones[$3]; count++ }
    }
    END {
      for (i = 1; i <= n; i++) {
        id = ids[i]
        place[id] = count > 2 && !("-" in zones) ? zone[id] : node[id]
        load[place[id]] += master[id] == id
        if (master[id] == id) masters++; else replicas[master[id]]++
      }
      share() || part() || balance()
    }

    # A master that has too few replicas gets one of a master that has too many.
    function share(  i, j, each, few, r, best) {
      each = int((n - masters) / masters)
      for (i = 1; i <= n; i++) {
        few = ids[i]
        if (master[few] != few || replicas[few] >= each) continue
        for (j = 1; j <= n; j++) {
          r = ids[j]
          if (master[r] != r && replicas[master[r]] > each && (!best || place[best] == place[few])) best = r
        }
        if (best) { print "replicate", best, few; return 1 }
      }
      return 0
    }

    # A replica of a master that has none elsewhere changes places with a replica that is elsewhere.
    function part(  i, j, a, b) {
      for (i = 1; i <= n; i++) {
        a = ids[i]
        if (master[a] == a || elsewhere(master[a])) continue
        for (j = 1; j <= n; j++) {
          b = ids[j]
          if (master[b] == b || place[b] == place[a]) continue
          if (place[master[b]] == place[a] && elsewhere(master[b]) < 2) continue
          print "replicate", a, master[b]
          print "replicate", b, master[a]
          return 1
        }
      }
      return 0
    }

    function elsewhere(of,  i, found) { # How many replicas of a master are in other places.
      for (i = 1; i <= n; i++) found += master[ids[i]] == of && place[ids[i]] != place[of]
      return found
    }

    # Pairs lead from a place with many masters, perhaps by way of others, to one with at least two fewer: the last pair on
    # this way changes its roles.
    function balance(  i, from, at, r, head, tail, queue, seen) {
      for (from in load) {
        split("", seen)
        seen[from]; queue[tail = 1] = from
        for (head = 1; head <= tail; head++) {
          at = queue[head]
          for (i = 1; i <= n; i++) {
            r = ids[i]
            if (master[r] == r || place[master[r]] != at || place[r] in seen) continue
            if (load[place[r]] + 2 <= load[from]) { print "failover", r; return 1 }
            seen[place[r]]; queue[++tail] = place[r]
          }
        }
      }
      return 0
    }
  start.sh: |
    #!/bin/sh
    # Starts the server. The password goes into a file that only the server can read, never onto a command line.
    set -eu
    umask 077
    data=${DATA:-/data}
    run=${RUN:-/tmp}
    # INFO names this file, so that the folder tells the other pods where this one runs: join.sh reads it.
    [ "$MODE" != cluster ] || run=$run/place/${POD_ZONE:--}/$POD_NODE
    mkdir -p "$run"
    config=$run/redis.conf

    if [ "$MODE" = cluster ] && [ -d "$data/appendonlydir" ] && [ ! -f "$data/nodes.conf" ]; then
      echo "the volume holds the data of a standalone server, which cannot become a cluster" >&2
      exit 1
    fi

    cp "${FILES:-/files}/redis.conf" "$config"
    password=$(printf '%s' "$REDISCLI_AUTH" | sed 's/[\\"]/\\&/g')
    cat >>"$config" <<END
    requirepass "$password"
    masterauth "$password"
    END
    if [ "$MODE" = cluster ]; then
      cat >>"$config" <<END
    cluster-announce-ip $POD_IP
    cluster-announce-hostname $POD_NAME.$POD_DOMAIN
    END
      # By now another pod may have the address that this replica's master had: the server would drop its copy and take
      # that pod's data. Without an address it follows nobody until a node there has proved to be its master.
      if [ -f "$data/nodes.conf" ]; then
        awk '
          NR == FNR { if ($3 ~ /myself/) master = $4; next }
          $1 == master { sub(/^[^@]*@[0-9]+/, ":0@0", $2); if ($3 !~ /noaddr/) $3 = $3 ",noaddr" }
          { print }' "$data/nodes.conf" "$data/nodes.conf" >"$data/nodes.conf.new"
        mv "$data/nodes.conf.new" "$data/nodes.conf"
      fi
    fi

    server=$(command -v valkey-server || command -v redis-server)
    exec "$server" "$config"
{{- end }}
