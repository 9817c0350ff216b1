"""The programs that bench/run measures: what they are, how they are built, how they are started.

Ours is build/release, made as script/run makes it. The bench's own peers stand in bench/peers; the
ones that other people may keep beside the checkout (--shared, SMALLPRESS_PEERS) are found in a
folder with qr/*.py and qr/node/*.js, each of which takes IDS OUTPUT like the bench's own.
"""

import os
import shlex
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
WORK = os.path.join(ROOT, "build", "bench")
TOOL = os.path.join(ROOT, "build", "release", "src", "cli", "smallpress")
SEED = "000102030405060708090a0b0c0d0e0f"
OURS = ("sharp", "small", "vector")

# Name: modules of pkg-config, other libraries, Debian packages.
OWN_PEERS = {
    "qrencode_haru": (["libqrencode"], ["-lhpdf"], ["libqrencode-dev", "libhpdf-dev"]),
    "qrencode_cairo": (["libqrencode", "cairo-pdf"], [], ["libqrencode-dev", "libcairo2-dev"]),
    "zint_encode": ([], ["-lzint"], ["libzint-dev"]),
}
SHARED_PYTHON = ("segno_vector", "segno_png", "reportlab_widget", "seed_reportlab")
SHARED_PACKAGES = ["python3-segno", "python3-reportlab", "python3-qrcode", "python3-pil"]
SHARED_NODE = ("qrcode_pdfkit", "qrcode_pdflib", "bwip_pdfkit")
SHARED_CODES_MAX = 500  # what they are given; what more would cost is worked out from it


class Program:
    """One column of the comparison. `command` makes a command of a file of ids and an output."""

    def __init__(self, name, command, codes_max=None, environment=None):
        self.name = name
        self.command = command
        self.codes_max = codes_max  # more ids than this are not given to it, but scaled
        self.environment = environment or {}
        self.ours = False


def say(sentence):
    print(f"bench: {sentence}", flush=True)


def quietly(command, **options):
    """Whether a command succeeds, and what it said."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, text=True, **options)
    except OSError as error:
        return False, str(error)
    return done.returncode == 0, done.stdout


def ours(tool):
    """Ours, in all three drawings, on one thread."""
    programs = []
    for draw in OURS:
        def command(ids, output, draw=draw):
            return [tool, "sheet", "--lines", ids, "--draw", draw, "--threads", "1", "--quiet",
                    "--progress", "none", "--force", "--output", output]
        programs.append(Program(f"smallpress {draw}", command))
        programs[-1].ours = True
    return programs


def counted(tool, count):
    """Ours with ids of its own, as most people would call it."""
    def command(_, output):
        return [tool, "sheet", "--count", str(count), "--seed", SEED, "--threads", "1", "--quiet",
                "--progress", "none", "--force", "--output", output]
    program = Program("smallpress --count", command)
    program.ours = True
    return program


def build_tool():
    """The release build, by the machinery of script/run; exits with its status if that fails."""
    done = subprocess.run([os.path.join(ROOT, "script", "run"), "--version"], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if done.returncode != 0:
        raise SystemExit(done.returncode)
    return TOOL


def compile_c(name, source, flags):
    """Builds one C file with -O2, or returns None after saying why not."""
    os.makedirs(WORK, exist_ok=True)
    program = os.path.join(WORK, name)
    compiler = shlex.split(os.environ.get("CC", "cc"))
    done, text = quietly([*compiler, "-std=c17", "-O2", "-D_GNU_SOURCE", source, "-o", program,
                          *flags])
    if done:
        return program
    words = [line for line in text.splitlines() if "error" in line or "cannot find" in line]
    say(f"{name} is left out, it does not build: {(words or [text.strip()])[0]}")
    return None


def own_peer(name):
    modules, libraries, packages = OWN_PEERS[name]
    flags = list(libraries)
    if modules:
        found, text = quietly(["pkg-config", "--cflags", "--libs", *modules])
        if not found:
            say(f"{name} is left out: it needs {' and '.join(packages)} (apt-get install, or "
                "--install)")
            return None
        flags += text.split()
    program = compile_c(name, os.path.join(HERE, "peers", name + ".c"), flags)
    if not program:
        say(f"{name} needs {' and '.join(packages)} (apt-get install, or --install)")
        return None
    return Program(name, lambda ids, output: [program, ids, output])


def install(packages):
    say(f"installing {' '.join(packages)}.")
    root = [] if os.geteuid() == 0 else ["sudo"]
    apt_get = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y",
               "-o", "DPkg::Lock::Timeout=300"]
    command = [*apt_get, "--no-install-recommends", "install", *packages]
    done, text = quietly(command)
    if not done: # the index of a fresh machine is empty, and an old one names what is gone
        quietly([*apt_get, "update"])
        done, text = quietly(command)
    if not done:
        say("apt-get could not: " + (text.strip().splitlines() or ["it gave no reason"])[-1])


def python_peer(folder, name):
    script = os.path.join(folder, "qr", name + ".py")
    if not os.path.exists(script):
        return None
    python = next((p for p in ("/usr/bin/python3", "python3") if shutil.which(p)), "python3")
    probe = "import segno, reportlab, qrcode, PIL"
    if not quietly([python, "-c", probe])[0]:
        say(f"{name} is left out: it needs {' '.join(SHARED_PACKAGES)}")
        return None
    return Program(name, lambda ids, output: [python, "-B", script, ids, output],
                   SHARED_CODES_MAX)


def node_peer(folder, name, may_install):
    script = os.path.join(folder, "qr", "node", name + ".js")
    if not os.path.exists(script):
        return None
    modules = os.path.join(WORK, "node")
    if may_install and not os.path.isdir(os.path.join(modules, "node_modules")):
        os.makedirs(modules, exist_ok=True)
        shutil.copy(os.path.join(folder, "qr", "node", "package.json"), modules)
        say("fetching the peers' packages from npm.")
        quietly(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=modules)
    if not shutil.which("node") or not os.path.isdir(os.path.join(modules, "node_modules")):
        say(f"{name} is left out: it needs node, npm and its packages (--install fetches them)")
        return None
    return Program(name, lambda ids, output: ["node", script, ids, output], SHARED_CODES_MAX,
                   {"NODE_PATH": os.path.join(modules, "node_modules")})


def peers(wanted, may_install, shared):
    """The peers that can run here, of those wanted (all if empty)."""
    def is_wanted(name):
        return not wanted or name in wanted
    names = [name for name in OWN_PEERS if is_wanted(name)]
    if may_install:
        packages = [p for name in names for p in OWN_PEERS[name][2]]
        install(sorted(set(packages + (SHARED_PACKAGES if shared else []))))
    found = [own_peer(name) for name in names]
    if shared and not os.path.isdir(os.path.join(shared, "qr")):
        say(f"there are no shared peers at {shared} (--peers-folder or SMALLPRESS_PEERS)")
    elif shared:
        found += [python_peer(shared, name) for name in SHARED_PYTHON if is_wanted(name)]
        found += [node_peer(shared, name, may_install) for name in SHARED_NODE if is_wanted(name)]
    return [program for program in found if program]
