#!/bin/sh
# Installs what is missing of the Debian packages that Cohort needs, and the tests' Python packages.
#
#   deps.sh run     what building and running needs
#   deps.sh test    that, and what the tests need besides
#
# Where everything is there it says so and ends within a second. Without root it uses sudo when sudo asks nothing,
# else it prints the line to type.
set -eu
cd "$(dirname "$0")/../.."

say() { printf '%s\n' "$*"; }

# Whether a package is missing: each is asked for by what we use of it, so that one from elsewhere counts too.
any() { for path; do [ -e "$path" ] && return 0; done; return 1; }
header() { any "/usr/include/$1" /usr/include/*/"$1" "/usr/local/include/$1"; }
command_exists() { command -v "$1" >/dev/null 2>&1; }

missing=""
need() { package=$1; shift; "$@" || missing="$missing $package"; }

need libssl-dev header openssl/evp.h
need libpq-dev header postgresql/libpq-fe.h
need libhiredis-dev header hiredis/hiredis.h
need zlib1g-dev header zlib.h
need pkg-config command_exists pkg-config
need git command_exists git
need postgresql any /usr/lib/postgresql/*/bin/postgres
need postgresql-client command_exists psql
# The server's program alone: the package redis-server would run one as a service.
need redis-tools any /usr/bin/redis-check-rdb /usr/bin/redis-server /usr/local/bin/redis-server
# What stands before several nodes: make demo ARGS="--nodes 3".
need haproxy any /usr/sbin/haproxy /usr/local/sbin/haproxy
need util-linux command_exists setpriv
need ca-certificates any /etc/ssl/certs/ca-certificates.crt
if [ "${1:-test}" = test ]; then
    need chromium command_exists chromium
    need nodejs command_exists node
    need python3-venv /usr/bin/python3 -c 'import ensurepip, venv'
    need fonts-dejavu-core any /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
    need procps command_exists ps
    # Stands before the content: the tests of deploy/nginx.
    need nginx any /usr/sbin/nginx
    # Asks for the catalogue, in make bench.
    need wrk command_exists wrk
    # Gives one node of the cluster tests a clock that is wrong.
    need faketime any /usr/lib/*/faketime/libfaketimeMT.so.1
fi

if [ -n "$missing" ]; then
    say "missing:$missing"
    [ -z "${DRY_RUN:-}" ] || exit 1
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command_exists sudo && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        say "these Debian packages are missing; type:"
        say "    sudo apt-get install -y --no-install-recommends$missing"
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    # The programs are needed, not the services that some packages start: invoke-rc.d asks this file, and 101 means no.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap '$as_root rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' | $as_root sh -c "cat > $policy && chmod 755 $policy"
    fi
    # shellcheck disable=SC2086
    $as_root apt-get update -q
    # shellcheck disable=SC2086
    $as_root apt-get install -y -q --no-install-recommends $missing
fi

if ! command_exists swift; then
    say "swift is not on PATH: install a Swift 6.3 toolchain (https://www.swift.org/install/linux/)"
    exit 1
fi

if [ "${1:-test}" = test ]; then
    # The fuzzers and the sanitizers come with the toolchain; some distributions leave them out.
    resources=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")/lib/clang
    any "$resources"/*/lib/linux/libclang_rt.fuzzer*.a "$resources"/*/lib/*/libclang_rt.fuzzer*.a || {
        say "the Swift toolchain has no libFuzzer ($resources): install it whole (https://www.swift.org/install/linux/)"
        exit 1
    }
    stamp=.build/venv/.installed
    if [ ! -e "$stamp" ] || ! cmp -s Tests/requirements.txt "$stamp"; then
        say "installing the tests' Python packages into .build/venv"
        mkdir -p .build
        /usr/bin/python3 -m venv .build/venv
        .build/venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
        cp Tests/requirements.txt "$stamp"
    fi
fi
say "everything needed is there"
