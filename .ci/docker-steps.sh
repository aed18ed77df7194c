#!/usr/bin/env bash
# Follows the Dockerfile without a container engine: every COPY and RUN in a
# folder of its own for each stage, on this machine's Go and Node instead of the
# base images. Then starts what came out, as root inside a read-only root file
# system of its own, as the user the Dockerfile names and without a network, and
# asks its health check. Where this is not root, the program is started as it is.
#
# Knows the instructions that the Dockerfile uses and stops at any other.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d "${TMPDIR:-/tmp}/farwatch-docker.XXXXXX")
# shellcheck disable=SC2064 # the name is fixed now
trap "rm -rf '$work'" EXIT
chmod 755 "$work"
mkdir "$work/context"

say() { printf '%s\n' "--> $*"; }
die() { echo "docker-steps: $*" >&2; exit 1; }

# words prints the strings of a JSON array of plain words, one a line.
words() { grep -o '"[^"]*"' <<<"$1" | tr -d '"'; }

# fill_context copies the tree as the build would see it.
fill_context() {
  local excludes=() pattern
  while IFS= read -r pattern; do
    case $pattern in
      '' | '#'*) ;;
      '!'*) die ".dockerignore: exceptions are not supported: $pattern" ;;
      '**/'*) excludes+=("--no-anchored" "--exclude=${pattern#'**/'}") ;;
      *) excludes+=("--anchored" "--exclude=./$pattern") ;;
    esac
  done <.dockerignore
  tar -c "${excludes[@]}" . | tar -x -C "$work/context"
}

# copy_step does COPY [--from=STAGE] [--chown=…] SOURCE… TARGET.
copy_step() {
  local from="$work/context" owner='' source target arguments=()
  for source in "$@"; do
    case $source in
      --from=*) from="$work/${source#--from=}" ;;
      --chown=*) owner=${source#--chown=} ;;
      --*) die "COPY $source is not known here" ;;
      *) arguments+=("$source") ;;
    esac
  done
  target=${arguments[-1]}
  unset 'arguments[-1]'
  case $target in
    /*) target="$root$target" ;;
    *) target="$root$workdir/$target" ;;
  esac

  for source in "${arguments[@]}"; do
    if [ -e "$from/$source" ]; then
      source="$from/$source"
    elif [ "$from" = "$work/context" ] || [ ! -e "$source" ]; then
      die "COPY: $source is not there"
    fi # else: a file of the base image, which this machine stands in for
    if [ -d "$source" ]; then
      mkdir -p "$target"
      cp -a "$source/." "$target"
    else
      case $target in */) mkdir -p "$target" ;; *) mkdir -p "$(dirname "$target")" ;; esac
      cp -a "$source" "$target"
    fi
    if [ -n "$owner" ] && [ -d "$source" ] && [ "$(id -u)" -eq 0 ]; then
      (cd "$source" && find . -mindepth 1 -print0) | (cd "$target" && xargs -0 -r chown "$owner")
    fi
  done
}

root='' workdir='' user='' stage=''
stage_env=() entrypoint=() command=() health=()

# instruction carries out one line of the Dockerfile.
instruction() {
  local keyword=$1 rest=$2
  say "$keyword $rest"
  case $keyword in
    FROM)
      stage=${rest##* AS }
      [ "$stage" != "$rest" ] || die "every FROM needs AS NAME: $rest"
      root="$work/$stage" workdir='' stage_env=()
      mkdir "$root"
      ;;
    WORKDIR) workdir=$rest && mkdir -p "$root$workdir" ;;
    ENV | ARG)
      rest=${rest//\"/}
      stage_env+=("$rest")
      ;;
    COPY)
      # shellcheck disable=SC2086 # the words of the line
      copy_step $rest
      ;;
    RUN) (cd "$root$workdir" && env "${stage_env[@]}" bash -euo pipefail -c "$rest" </dev/null) ;;
    USER) user=$rest ;;
    HEALTHCHECK) mapfile -t health < <(words "${rest#*CMD }") ;;
    ENTRYPOINT) mapfile -t entrypoint < <(words "$rest") ;;
    CMD) mapfile -t command < <(words "$rest") ;;
    EXPOSE | VOLUME | STOPSIGNAL) ;; # words to an engine
    *) die "the instruction $keyword is not known here" ;;
  esac
}

fill_context
while IFS= read -r line; do
  instruction "${line%% *}" "${line#* }"
done < <(sed -E ':a; /\\$/ { N; s/\\\n[[:space:]]*//; ba }; /^[[:space:]]*(#|$)/d' Dockerfile)

[ "${#entrypoint[@]}" -gt 0 ] && [ "${#health[@]}" -gt 0 ] || die 'ENTRYPOINT or HEALTHCHECK is missing'
case $user in '' | root* | 0*) die "the image runs as '$user', not as a user without rights" ;; esac
if command -v file >/dev/null; then
  file "$root${entrypoint[0]}" | grep -q 'statically linked' || die "${entrypoint[0]} is not static"
fi

# serve starts the program of the last stage with a prefix in front, waits for a
# good health check and stops it. It must end by itself, with status 0.
serve() {
  local log="$work/server.log" server healthy='' status=0
  env -i "${stage_env[@]}" "$@" "${entrypoint[@]/#\//$inside/}" "${command[@]}" >"$log" 2>&1 </dev/null &
  server=$!
  for _ in $(seq 60); do
    kill -0 "$server" 2>/dev/null || break
    if env -i "${stage_env[@]}" "$@" "${health[@]/#\//$inside/}" >"$work/health.log" 2>&1; then
      healthy=yes
      break
    fi
    sleep 0.5
  done
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" || status=$?
  if [ -z "$healthy" ] || [ "$status" -ne 0 ]; then
    cat "$log" "$work/health.log" >&2 || true
    die "the program did not come up and stop well (healthy: ${healthy:-no}, status $status)"
  fi
  say "healthy: $(tail -1 "$work/health.log")"
}

# isolated runs in a mount and network namespace of its own.
isolated() {
  inside=''
  ip link set lo up
  mount --bind "$root" "$root"
  mkdir -p "$work/volume"
  cp -a "$root/data" "$root/keys" "$work/volume/"
  mount --bind "$work/volume/data" "$root/data"
  mount --bind "$work/volume/keys" "$root/keys"
  mount -o remount,bind,ro "$root"
  ! touch "$root/writable" 2>/dev/null || die 'the root file system is not read-only'

  say "first start: as $user, read-only root, /data and /keys mounted"
  serve "$(command -v chroot)" --userspec="$user" "$root"
  mount -o remount,bind,ro "$root/keys"
  say "second start: /keys read-only too"
  serve "$(command -v chroot)" --userspec="$user" "$root"
}

plain() {
  inside=$root
  local port=$((20000 + RANDOM % 20000))
  stage_env+=("FARWATCH_ADDR=127.0.0.1:$port" "FARWATCH_DATA_DIR=$root/data" "FARWATCH_KEY_FILE=$root/keys/farwatch.key")
  say "not root: started as $(id -un), without a root file system of its own"
  serve
}

if [ "$(id -u)" -eq 0 ] && unshare --mount --net true 2>/dev/null && command -v ip >/dev/null; then
  export -f serve isolated say die
  declare -p root work user stage_env entrypoint command health >"$work/state"
  unshare --mount --net bash -euo pipefail -c ". '$work/state'; isolated"
else
  plain
fi
echo "docker-steps: every step of the Dockerfile ran, and the program is healthy"
