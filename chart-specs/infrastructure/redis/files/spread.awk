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
