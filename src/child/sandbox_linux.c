#include "child/child_sandbox.h"

#include "base/num.h"
#include "child/child_channel.h"
#include "child/child_sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock's interface, which headers older than the kernel do not have in full. */
#define LANDLOCK_VERSION_FLAG 1u
#define LANDLOCK_PATH_BENEATH 1
#define LANDLOCK_FS_READ_FILE (UINT64_C(1) << 2)
#define LANDLOCK_FS_READ_DIR  (UINT64_C(1) << 3)
#define LANDLOCK_FS_FIRST     ((UINT64_C(1) << 13) - 1) /* everything version 1 knows */
#define LANDLOCK_FS_REFER     (UINT64_C(1) << 13)       /* version 2 */
#define LANDLOCK_FS_TRUNCATE  (UINT64_C(1) << 14)       /* version 3 */
#define LANDLOCK_FS_IOCTL     (UINT64_C(1) << 15)       /* version 5 */
#define LANDLOCK_NET_ALL      UINT64_C(3)               /* version 4: TCP to bind and connect */
#define LANDLOCK_SCOPE_ALL    UINT64_C(3) /* version 6: abstract Unix sockets, signals */

struct landlock_ruleset {
    uint64_t fs, net, scoped;
};

struct landlock_beneath {
    uint64_t allowed;
    int32_t folder;
} __attribute__((packed));

/* Every seccomp rule goes through here: the first failure is kept. */
struct filter {
    scmp_filter_ctx context;
    int error;
};

#define ALWAYS(call)        add(filter, SCMP_ACT_ALLOW, (call), 0, NULL)
#define REFUSE(call, value) add(filter, SCMP_ACT_ERRNO(value), (call), 0, NULL)
#define WHEN(call, ...)                                                             \
    add(filter, SCMP_ACT_ALLOW, (call),                                             \
        sizeof((struct scmp_arg_cmp[]){__VA_ARGS__}) / sizeof(struct scmp_arg_cmp), \
        (const struct scmp_arg_cmp[]){__VA_ARGS__})
#define IS(argument, value)                 \
    {                                       \
        (argument), SCMP_CMP_EQ, (value), 0 \
    }
#define HAS(argument, mask, value)                      \
    {                                                   \
        (argument), SCMP_CMP_MASKED_EQ, (mask), (value) \
    }

static void add(struct filter *filter, uint32_t action, int call, unsigned count,
                const struct scmp_arg_cmp *conditions)
{
    if (!filter->error)
        filter->error = seccomp_rule_add_array(filter->context, action, call, count, conditions);
}

/* What every helper does. Names that a machine does not have are passed over by the library. */
static void allow_common(struct filter *filter)
{
    static const int calls[] = {
        SCMP_SYS(read),
        SCMP_SYS(readv),
        SCMP_SYS(pread64),
        SCMP_SYS(preadv),
        SCMP_SYS(write),
        SCMP_SYS(writev),
        SCMP_SYS(pwrite64),
        SCMP_SYS(pwritev),
        SCMP_SYS(lseek),
        SCMP_SYS(_llseek),
        SCMP_SYS(fstat),
        SCMP_SYS(fstat64),
        SCMP_SYS(ftruncate),
        SCMP_SYS(ftruncate64),
        SCMP_SYS(fallocate),
        SCMP_SYS(fadvise64),
        SCMP_SYS(fadvise64_64),
        SCMP_SYS(arm_fadvise64_64),
        SCMP_SYS(close),
        SCMP_SYS(poll),
        SCMP_SYS(ppoll),
        SCMP_SYS(ppoll_time64),
        SCMP_SYS(brk),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(futex),
        SCMP_SYS(futex_time64),
        SCMP_SYS(set_robust_list),
        SCMP_SYS(rseq),
        SCMP_SYS(sched_yield),
        SCMP_SYS(sched_getaffinity),
        SCMP_SYS(getrandom),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_gettime64),
        SCMP_SYS(clock_getres),
        SCMP_SYS(clock_nanosleep),
        SCMP_SYS(clock_nanosleep_time64),
        SCMP_SYS(nanosleep),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(time),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(getrusage),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigreturn),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(restart_syscall),
    };
    for (size_t i = 0; i < SP_COUNT(calls); i++)
        ALWAYS(calls[i]);
    /* abort() signals its own thread; nobody else is to be reached. */
    WHEN(SCMP_SYS(tgkill), IS(0, (scmp_datum_t)getpid()));
    /* Limits may be asked for, not changed. */
    WHEN(SCMP_SYS(prlimit64), IS(2, 0));
    /* New C libraries try these first and have another way. */
    REFUSE(SCMP_SYS(clone3), ENOSYS);
    REFUSE(SCMP_SYS(prctl), EPERM);
}

static void allow_threads(struct filter *filter)
{
    /* The C library makes threads with all of these flags; a process has none of them. */
    const scmp_datum_t flags =
        0x00010000 /* CLONE_THREAD */ | 0x00000100 /* CLONE_VM */ | 0x00000800 /* CLONE_SIGHAND */;
    WHEN(SCMP_SYS(clone), HAS(0, flags, flags));
    ALWAYS(SCMP_SYS(set_tid_address));
}

/* Decoders: no path, no socket but the channel, no memory that can be run. */
static void allow_compute(struct filter *filter, bool threads)
{
    WHEN(SCMP_SYS(sendmsg), IS(0, SP_CHANNEL_FD));
    WHEN(SCMP_SYS(recvmsg), IS(0, SP_CHANNEL_FD));
    WHEN(SCMP_SYS(mmap), HAS(2, PROT_EXEC, 0));
    WHEN(SCMP_SYS(mmap2), HAS(2, PROT_EXEC, 0));
    WHEN(SCMP_SYS(mprotect), HAS(2, PROT_EXEC, 0));
    /* fstat is this in some C libraries. */
    WHEN(SCMP_SYS(newfstatat), IS(3, AT_EMPTY_PATH));
    WHEN(SCMP_SYS(fcntl), IS(1, F_GETFL));
    WHEN(SCMP_SYS(fcntl), IS(1, F_GETFD));
    WHEN(SCMP_SYS(fcntl64), IS(1, F_GETFL));
    WHEN(SCMP_SYS(fcntl64), IS(1, F_GETFD));
    /* stdio asks whether it writes to a terminal. */
    REFUSE(SCMP_SYS(ioctl), ENOTTY);
    if (threads) {
        allow_threads(filter);
        /* The number of processors is read from files, and guessed where they cannot be. */
        REFUSE(SCMP_SYS(openat), EACCES);
    }
}

/* Internet sockets, and the kernel's own word on addresses (NETLINK_ROUTE, which is 0). */
static void allow_sockets(struct filter *filter)
{
    static const int families[] = {AF_INET, AF_INET6};
    static const int calls[] = {
        SCMP_SYS(connect),       SCMP_SYS(bind),
        SCMP_SYS(getsockname),   SCMP_SYS(getpeername),
        SCMP_SYS(getsockopt),    SCMP_SYS(setsockopt),
        SCMP_SYS(shutdown),      SCMP_SYS(sendto),
        SCMP_SYS(recvfrom),      SCMP_SYS(send),
        SCMP_SYS(recv),          SCMP_SYS(sendmsg),
        SCMP_SYS(recvmsg),       SCMP_SYS(sendmmsg),
        SCMP_SYS(recvmmsg),      SCMP_SYS(recvmmsg_time64),
        SCMP_SYS(socketpair),    SCMP_SYS(pipe),
        SCMP_SYS(pipe2),         SCMP_SYS(eventfd2),
        SCMP_SYS(select),        SCMP_SYS(_newselect),
        SCMP_SYS(pselect6),      SCMP_SYS(pselect6_time64),
        SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
        SCMP_SYS(epoll_wait),    SCMP_SYS(epoll_pwait),
        SCMP_SYS(fcntl),         SCMP_SYS(fcntl64),
        SCMP_SYS(dup),
    };
    for (size_t i = 0; i < SP_COUNT(families); i++) {
        WHEN(SCMP_SYS(socket), IS(0, (scmp_datum_t)families[i]), HAS(1, 0xF, SOCK_STREAM));
        WHEN(SCMP_SYS(socket), IS(0, (scmp_datum_t)families[i]), HAS(1, 0xF, SOCK_DGRAM));
    }
    WHEN(SCMP_SYS(socket), IS(0, AF_NETLINK), IS(2, 0));
    /* Name services of this machine are asked through these; without them, the network is. */
    add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
        &(const struct scmp_arg_cmp)IS(0, AF_UNIX));
    for (size_t i = 0; i < SP_COUNT(calls); i++)
        ALWAYS(calls[i]);
    WHEN(SCMP_SYS(ioctl), IS(1, FIONREAD));
    WHEN(SCMP_SYS(ioctl), IS(1, FIONBIO));
    /* The names of interfaces, which an address of IPv6 may hold, and whether it is a terminal. */
    add(filter, SCMP_ACT_ERRNO(ENODEV), SCMP_SYS(ioctl), 1,
        &(const struct scmp_arg_cmp)IS(1, SIOCGIFINDEX));
    add(filter, SCMP_ACT_ERRNO(ENODEV), SCMP_SYS(ioctl), 1,
        &(const struct scmp_arg_cmp)IS(1, SIOCGIFNAME));
    add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 1,
        &(const struct scmp_arg_cmp)IS(1, TCGETS));
}

/* Files to be read: certificates, resolv.conf, hosts, plug-ins of the resolver. */
static void allow_reading(struct filter *filter)
{
    static const int calls[] = {
        SCMP_SYS(mmap),       SCMP_SYS(mmap2),    SCMP_SYS(mprotect),   SCMP_SYS(stat),
        SCMP_SYS(stat64),     SCMP_SYS(lstat),    SCMP_SYS(lstat64),    SCMP_SYS(newfstatat),
        SCMP_SYS(fstatat64),  SCMP_SYS(statx),    SCMP_SYS(access),     SCMP_SYS(faccessat),
        SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
        SCMP_SYS(getcwd),     SCMP_SYS(uname),    SCMP_SYS(getuid),     SCMP_SYS(geteuid),
        SCMP_SYS(getgid),     SCMP_SYS(getegid),  SCMP_SYS(getppid),    SCMP_SYS(sysinfo),
        SCMP_SYS(statfs),     SCMP_SYS(fstatfs),
    };
    const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
    for (size_t i = 0; i < SP_COUNT(calls); i++)
        ALWAYS(calls[i]);
    WHEN(SCMP_SYS(openat), HAS(2, writing, O_RDONLY));
    WHEN(SCMP_SYS(open), HAS(1, writing, O_RDONLY));
    REFUSE(SCMP_SYS(openat2), ENOSYS);
}

static int filter_load(enum sp_sandbox_kind kind, bool threads)
{
    struct filter own = {.context = seccomp_init(SCMP_ACT_KILL_PROCESS)};
    struct filter *filter = &own;
    if (!own.context)
        return -ENOMEM;
    own.error = seccomp_attr_set(own.context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (!own.error)
        own.error = seccomp_attr_set(own.context, SCMP_FLTATR_CTL_TSYNC, 1);
    allow_common(filter);
    if (kind == SP_SANDBOX_COMPUTE) {
        allow_compute(filter, threads);
    } else {
        allow_sockets(filter);
        allow_reading(filter);
        if (threads)
            allow_threads(filter);
    }
    if (!own.error)
        own.error = seccomp_load(own.context);
    seccomp_release(own.context);
    return own.error;
}

#ifdef SYS_landlock_create_ruleset

static void allow_beneath(int ruleset, const char *path)
{
    if (!path || !*path)
        return;
    const int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return; /* what is not there need not be read */
    struct landlock_beneath rule = {LANDLOCK_FS_READ_FILE | LANDLOCK_FS_READ_DIR, fd};
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_PATH_BENEATH, &rule, 0) < 0 &&
        errno == EINVAL) {
        rule.allowed = LANDLOCK_FS_READ_FILE; /* it is a file */
        (void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_PATH_BENEATH, &rule, 0);
    }
    (void)close(fd);
}

/*
 * Takes away all paths, but for those to be read. A kernel without Landlock, or a container that
 * forbids it, is no failure: the filter stands by itself, this is the second wall.
 */
static int landlock_load(enum sp_sandbox_kind kind)
{
    static const char *const readable[] = {
        "/etc",
        "/usr",
        "/lib",
        "/lib32",
        "/lib64",
        "/bin",
        "/opt",
        "/nix/store",
        "/gnu/store",
        "/var/lib/ca-certificates",
        "/run/systemd/resolve",
        "/run/resolvconf",
        "/run/NetworkManager",
        "/run/connman",
        "/dev/null",
        "/dev/random",
        "/dev/urandom",
        "/proc/sys",
        "/proc/net",
        "/sys/devices/system/cpu",
    };
    const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
    if (version < 1)
        return 0;
    struct landlock_ruleset rules = {.fs = LANDLOCK_FS_FIRST};
    rules.fs |= version >= 2 ? LANDLOCK_FS_REFER : 0;
    rules.fs |= version >= 3 ? LANDLOCK_FS_TRUNCATE : 0;
    rules.fs |= version >= 5 ? LANDLOCK_FS_IOCTL : 0;
    rules.net = version >= 4 && kind == SP_SANDBOX_COMPUTE ? LANDLOCK_NET_ALL : 0;
    rules.scoped = version >= 6 ? LANDLOCK_SCOPE_ALL : 0;
    const size_t size = (version >= 6 ? 3 : version >= 4 ? 2 : 1) * sizeof(uint64_t);
    const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0)
        return -errno;
    if (kind == SP_SANDBOX_NETWORK) {
        for (size_t i = 0; i < SP_COUNT(readable); i++)
            allow_beneath(ruleset, readable[i]);
        allow_beneath(ruleset, getenv("SSL_CERT_FILE"));
        allow_beneath(ruleset, getenv("SSL_CERT_DIR"));
    }
    const int error = syscall(SYS_landlock_restrict_self, ruleset, 0) < 0 ? -errno : 0;
    (void)close(ruleset);
    return error;
}

#else

static int landlock_load(enum sp_sandbox_kind kind)
{
    (void)kind;
    return 0;
}

#endif

enum sp_status sp_child_sandbox(enum sp_sandbox_kind kind, bool threads, struct sp_err *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return sp_fail_os(err, errno, "the kernel lets no program give up privileges");
    if (SP_CHILD_SANITIZED)
        return SP_OK;
    int error = landlock_load(kind);
    if (error < 0)
        return sp_fail_os(err, -error, "the sandbox for files (Landlock) cannot be set up");
    error = filter_load(kind, threads);
    if (error < 0)
        return sp_fail_os(err, -error,
                          "the sandbox for system calls (seccomp) cannot be set up; a container "
                          "must allow the seccomp system call");
    return SP_OK;
}
