# shellcheck shell=sh disable=SC2154 # $root is the caller's
# What script/run and script/test share: finding what a build needs, getting it, and building.
#
# Sourced with $root set to the top of the tree. Everything said to a person goes to standard error,
# and nothing reads standard input: both belong to the tool. Exit statuses are the tool's own:
# 2 for what the caller must change, 5 when the network or the disk failed, 70 for a broken build.

say() {
    printf '%s\n' "${0##*/}: $*" >&2
}

stop() { # STATUS SENTENCE…
    status=$1
    shift
    say "$@"
    exit "$status"
}

# One script at a time uses a build folder, and one at a time installs. A lock goes when its
# descriptor is closed, however this process ends.
take_lock() { # NAME DESCRIPTOR
    if command -v flock >/dev/null; then
        flock -n "$2" || {
            say "waiting for another script that uses $1."
            flock "$2"
        }
    else
        python3 -c 'import fcntl, sys; fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX)' "$2"
    fi
}

lock() { # NAME
    mkdir -p "$root/build" || stop 5 "cannot write to $root."
    exec 9>"$root/build/.lock-$1"
    take_lock "build/$1" 9
}

unlock() {
    exec 9>&-
}

# --- What is needed -----------------------------------------------------------------------------

missing_debian='' # packages, by system
missing_fedora=''
missing_arch=''
missing_brew=''
missing_versions='' # PACKAGE:OLDEST, for apt to be asked before it installs something useless
too_old=''          # sentences

lack() { # DEBIAN FEDORA ARCH BREW
    missing_debian="$missing_debian $1"
    missing_fedora="$missing_fedora $2"
    missing_arch="$missing_arch $3"
    missing_brew="$missing_brew $4"
}

need_command() { # "COMMAND OTHER…" DEBIAN FEDORA ARCH BREW
    for name in $1; do
        if command -v "$name" >/dev/null; then
            return 0
        fi
    done
    shift
    lack "$@"
}

need_module() { # MODULE OLDEST DEBIAN FEDORA ARCH BREW
    module=$1
    oldest=$2
    shift 2
    pkg-config --atleast-version="$oldest" "$module" 2>/dev/null && return 0
    found=$(pkg-config --modversion "$module" 2>/dev/null) || found=''
    if [ -n "$found" ]; then
        too_old="$too_old $module is $found, and $oldest or later is needed."
    else
        missing_versions="$missing_versions $1:$oldest"
    fi
    lack "$@"
}

needs_of_build() {
    need_command "${CC:-cc gcc clang}" "gcc libc6-dev" gcc gcc gcc
    need_command meson meson meson meson meson
    command -v meson >/dev/null || missing_versions="$missing_versions meson:1.0"
    need_command "ninja ninja-build" ninja-build ninja-build ninja ninja
    need_command pkg-config pkg-config pkgconf-pkg-config pkgconf pkgconf
    need_module libdeflate 1.0 libdeflate-dev libdeflate-devel libdeflate libdeflate
    need_module harfbuzz-subset 4.0 libharfbuzz-dev harfbuzz-devel harfbuzz harfbuzz
    need_module fribidi 1.0 libfribidi-dev fribidi-devel fribidi fribidi
    need_module libsodium 1.0.16 libsodium-dev libsodium-devel libsodium libsodium
    need_module libunibreak 1.1 libunibreak-dev libunibreak-devel libunibreak libunibreak
    need_module libjpeg 2.0 libjpeg62-turbo-dev libjpeg-turbo-devel libjpeg-turbo jpeg-turbo
    need_module libpng 1.6 libpng-dev libpng-devel libpng libpng
    need_module libwebp 1.0 libwebp-dev libwebp-devel libwebp webp
    need_module libheif 1.12 libheif-dev libheif-devel libheif libheif
    need_module lcms2 2.9 liblcms2-dev lcms2-devel lcms2 little-cms2
    need_module yaml-0.1 0.2 libyaml-dev libyaml-devel libyaml libyaml
    need_module libcurl 7.85 libcurl4-openssl-dev libcurl-devel curl curl
    need_module libseccomp 2.5 libseccomp-dev libseccomp-devel libseccomp libseccomp
}

needs_of_tests() {
    need_command "${CXX:-c++ g++ clang++}" g++ gcc-c++ gcc gcc
    need_command python3 python3 python3 python python
    need_module cmocka 1.1 libcmocka-dev libcmocka-devel cmocka cmocka
    need_module libqrencode 4.0 libqrencode-dev qrencode-devel qrencode qrencode
    need_module zxing 1.4 libzxing-dev zxing-cpp-devel zxing-cpp zxing-cpp
    need_module jansson 2.13 libjansson-dev jansson-devel jansson jansson
    need_module zbar 0.20 libzbar-dev zbar-devel zbar zbar
}

# Other people's programs: a test whose program is absent is skipped and says so.
needs_of_readers() {
    need_command qpdf qpdf qpdf qpdf qpdf
    need_command pdftoppm poppler-utils poppler-utils poppler poppler
    need_command mutool mupdf-tools mupdf mupdf-tools mupdf-tools
    need_command gs ghostscript ghostscript ghostscript ghostscript
    need_command node nodejs nodejs nodejs node
    need_command npm npm nodejs-npm npm node
    need_command clang-format clang-format clang-tools-extra clang clang-format
    need_command mandoc mandoc mandoc mandoc mandoc
    need_command cppcheck cppcheck cppcheck cppcheck cppcheck
    need_command shellcheck shellcheck ShellCheck shellcheck shellcheck
    need_command unzip unzip unzip unzip unzip
    need_command soffice libreoffice-calc-nogui libreoffice-calc libreoffice-still libreoffice
    need_openpyxl
}

# Debian's package is for Debian's Python, which need not be the first that is found.
need_openpyxl() {
    for name in python3 /usr/bin/python3; do
        "$name" -c 'import openpyxl' 2>/dev/null && return 0
    done
    lack python3-openpyxl python3-openpyxl python-openpyxl python
}

look() { # needs_of_…
    missing_debian='' missing_fedora='' missing_arch='' missing_brew=''
    missing_versions='' too_old=''
    for list in "$@"; do
        "$list"
    done
}

# --- Getting it ---------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

apt_get() { # apt-get's own command and arguments, into the log
    as_root apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" \
        >>"$root/build/apt.log" 2>&1 </dev/null
}

# Whether apt knows every package; the index of a fresh machine or image is empty.
apt_knows() {
    # shellcheck disable=SC2086 # a list of packages
    apt-get -qq --simulate --no-install-recommends install $1 >/dev/null 2>&1
}

refuse_old_packages() {
    for pair in $missing_versions; do
        offered=$(apt-cache policy "${pair%:*}" | sed -n 's/^ *Candidate: //p')
        [ -n "$offered" ] || continue
        if dpkg --compare-versions "$offered" lt "${pair#*:}"; then
            stop 2 "this system offers ${pair%:*} $offered, and ${pair#*:} or later is needed:" \
                "Debian 12, Ubuntu 24.04 or newer have it."
        fi
    done
}

say_what_to_install() {
    say "please install what is missing, then run this again:"
    {
        printf '  Debian, Ubuntu  apt-get install%s\n' "$missing_debian"
        printf '  Fedora          dnf install%s\n' "$missing_fedora"
        printf '  Arch            pacman -S%s\n' "$missing_arch"
        printf '  macOS           brew install%s\n' "$missing_brew"
    } >&2
}

apt_install() { # PACKAGES; leaves its log in build/apt.log
    : >"$root/build/apt.log" || return 1
    if ! apt_knows "$1"; then
        apt_get update || return 1
    fi
    refuse_old_packages
    # shellcheck disable=SC2086 # a list of packages
    apt_get -y --no-install-recommends install $1 || {
        # The index names versions the mirror may no longer have.
        apt_get update && apt_get -y --no-install-recommends install $1
    }
}

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null
}

# Looks while nobody else installs; another script may just have finished doing so.
look_alone() { # needs_of_…
    exec 8>"$root/build/.lock-apt"
    take_lock apt-get 8
    look "$@"
}

let_others_install() {
    exec 8>&-
}

# Makes sure of what the lists name, or stops with what to do. WHY ends the sentence "needed to".
require() { # WHY needs_of_…
    why=$1
    shift
    look "$@"
    [ -n "$missing_debian" ] || return 0
    [ -z "$too_old" ] || stop 2 "$too_old Debian 12, Ubuntu 24.04 or newer have it."
    if ! may_install; then
        say_what_to_install
        exit 2
    fi
    look_alone "$@"
    if [ -n "$missing_debian" ]; then
        say "installing$missing_debian (needed to $why)."
        apt_install "$missing_debian" || {
            tail -n 20 "$root/build/apt.log" >&2
            stop 5 "apt-get could not install what is needed to $why; its last words are above."
        }
    fi
    let_others_install
    look "$@"
    [ -z "$too_old" ] || stop 2 "$too_old"
    [ -z "$missing_debian" ] || stop 2 "still missing after the installation:$missing_debian."
}

# The same, without insisting.
prefer() { # WHY needs_of_…
    why=$1
    shift
    look "$@"
    [ -n "$missing_debian" ] || return 0
    if ! may_install; then
        say "not found, so what needs them will be skipped:$missing_debian."
        return 0
    fi
    look_alone "$@"
    if [ -n "$missing_debian" ]; then
        say "installing$missing_debian (used to $why)."
        apt_install "$missing_debian" || say "could not; what needs them will be skipped."
    fi
    let_others_install
}

# --- Building -----------------------------------------------------------------------------------

# All of a log but the steps that went well.
show_log() {
    grep -v '^\[[0-9]*/[0-9]*\] ' "$1" >&2 || :
}

# Makes a build folder for exactly these options, or keeps the one that was made for them.
configure() { # FOLDER OPTION…
    folder=$1
    shift
    wanted="$root ${CC:-} ${CXX:-} ${CFLAGS:-} $*"
    configured=''
    if [ -f "$folder/build.ninja" ] && [ -f "$folder/.configured" ]; then
        IFS= read -r configured <"$folder/.configured" || :
    fi
    [ "$wanted" != "$configured" ] || return 0
    version=$(meson --version)
    case $version in
    0.*) stop 2 "meson is $version, and 1.0 or later is needed: Debian 12, Ubuntu 24.04 have it." ;;
    esac
    rm -rf "$folder"
    meson setup "$@" "$folder" "$root" >"$folder.log" 2>&1 </dev/null || {
        show_log "$folder.log"
        return 1
    }
    printf '%s\n' "$wanted" >"$folder/.configured"
}

# Builds what changed; the log is shown only if that fails.
build() { # FOLDER TARGET…
    folder=$1
    shift
    ninja=ninja
    command -v ninja >/dev/null || ninja="ninja-build"
    "$ninja" -C "$folder" "$@" >"$folder.log" 2>&1 </dev/null || {
        show_log "$folder.log"
        return 1
    }
}
