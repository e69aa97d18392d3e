# Sourced by release: which release is live on the disk, and what goes when another one is. `number` and KEEP are its own.

# make_live NUMBER: the one that starts with the container. A rename, so that there is no moment without one.
make_live() {
  ln -sfn "releases/$1" "$APP/current.$1" && mv -T "$APP/current.$1" "$APP/current"
}

# retire older|others: stops the services and removes the releases that KEEP does not name. `older` leaves alone what has a
# higher number than ours, because a newer deployment may be under way.
retire() {
  for service in "$RUN"/services/web-*; do
    [ -d "$service" ] && goes "${service##*-}" "$1" && stop_service "${service##*-}" 10
  done
  for folder in "$APP"/releases/*; do
    case " $KEEP " in *" ${folder##*/} "*) continue ;; esac
    goes "${folder##*/}" "$1" && rm -rf "$folder"
  done
  remove_unused
}

# goes NUMBER older|others
goes() {
  [ "$1" -eq "$1" ] 2>/dev/null || return 1
  if [ "$2" = older ]; then [ "$1" -lt "$number" ]; else [ "$1" -ne "$number" ]; fi
}

# Dependencies that no release names go once they have not been used for half an hour.
remove_unused() {
  used=" $(cat "$APP"/releases/*/.lightkeeper/deps 2>/dev/null | tr '\n' ' ') "
  for folder in "$APP"/deps/*; do
    [ -d "$folder" ] || continue
    case $used in *" ${folder##*/} "*) continue ;; esac
    [ -n "$(find "$folder" "$folder/complete" -maxdepth 0 -mmin -30 2>/dev/null)" ] || rm -rf "$folder"
  done
}
