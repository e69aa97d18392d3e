# Sourced by init, release and the service's own scripts: where things are in the container, and how a release's web
# process is started and stopped under s6. Everything here runs as the site's own root and touches only its site.
# APP, RUN and TOOLS can be given, for tests outside a container. RUN is a tmpfs: a full disk blocks no supervision.

APP=${APP:-/app}
RUN=${RUN:-/run}
TOOLS=${TOOLS:-/.lightkeeper}

# make_service NUMBER: the release's service directory, not yet seen by s6-svscan. `exits` is a pipe that gets a line at
# every death of the process; who wants to hear of the first one opens it before link_service.
make_service() {
  mkdir -p "$RUN/service" "$RUN/services" "$RUN/log/web-$1" &&
    rm -rf "$RUN/services/web-$1" &&
    cp -R "$TOOLS/service" "$RUN/services/web-$1" &&
    mkfifo "$RUN/services/web-$1/exits"
}

# link_service NUMBER: lets s6-svscan find it at its next scan.
link_service() {
  ln -sfn "../services/web-$1" "$RUN/service/web-$1"
}

# stop_service NUMBER SECONDS: TERM, KILL after the seconds, then nothing of the service is left but its release. Safe to
# repeat, and for a service that was never started.
stop_service() {
  rm -rf "$RUN/service/web-$1" "$RUN/environment/$1"
  [ -d "$RUN/services/web-$1" ] || return 0
  echo "$2" >"$RUN/services/web-$1/stopping"
  if s6-svc -d "$RUN/services/web-$1" 2>/dev/null && ! s6-svwait -D -t "${2}000" "$RUN/services/web-$1" 2>/dev/null; then
    s6-svc -k "$RUN/services/web-$1" 2>/dev/null && s6-svwait -D -t 5000 "$RUN/services/web-$1" 2>/dev/null
  fi
  s6-svscanctl -an "$RUN/service" 2>/dev/null
  tries=0
  while is_supervised "$1" && [ "$tries" -lt 60 ]; do
    tries=$((tries + 1))
    sleep 0.05
  done
  rm -rf "$RUN/services/web-$1" "$RUN/log/web-$1"
}

is_supervised() { s6-svok "$RUN/services/web-$1" 2>/dev/null || s6-svok "$RUN/services/web-$1/log" 2>/dev/null; }

# keep_environment NUMBER: takes the site's variables for the release from standard input (lib/environment/frames.ts), one
# file each, for root alone and on the tmpfs. They are there as a whole or not at all.
keep_environment() {
  mkdir -p "$RUN/environment" && incoming=$(mktemp -d "$RUN/environment/incoming.XXXXXX") || return 1
  while read -r name bytes; do
    if [ "$name" = . ]; then
      rm -rf "$RUN/environment/$1"
      mv -T "$incoming" "$RUN/environment/$1"
      return
    fi
    head -c "$bytes" >"$incoming/$name" || break
  done
  rm -rf "$incoming"
  return 1
}

# in_release NUMBER COMMAND…: becomes the command, in the release's folder, with the app's environment and nothing else.
in_release() {
  release=$APP/releases/$1
  number=$1
  shift
  path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  deps=
  [ -f "$release/.lightkeeper/deps" ] && read -r deps <"$release/.lightkeeper/deps" && deps=$APP/deps/$deps
  cd "$release" || exit 1
  [ ! -d "$RUN/environment/$number" ] || set -- s6-envdir -nL "$RUN/environment/$number" "$@"
  set -- PORT="$((8000 + number % 1000))" HOST=0.0.0.0 HOME=/root LANG=C.UTF-8 LIGHTKEEPER_DEPS="$deps" \
    LIGHTKEEPER_TOOLS="$TOOLS" LIGHTKEEPER_RELEASE="$number" PYTHONUNBUFFERED=1 NODE_ENV=production "$@"
  if [ -n "$deps" ]; then
    set -- PATH="$deps/bin:$release/node_modules/.bin:$path" VIRTUAL_ENV="$deps" "$@"
  else
    set -- PATH="$release/node_modules/.bin:$path" "$@"
  fi
  exec env -i "$@"
}
