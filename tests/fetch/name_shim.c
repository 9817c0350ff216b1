/*
 * Names and connections for the tests of fetching, put before the C library's by LD_PRELOAD. A test
 * needs hosts at public addresses and answers that change, and nothing may leave this machine.
 *
 *     SHIM_NAMES="photos.test=198.41.0.1 changing.test=198.41.0.9;127.0.0.1"
 *     SHIM_MAP="198.41.0.1"
 *
 * A name's answers are given one after another, the last for ever; an answer may be several
 * addresses with commas between them. Other names are unknown. A TCP connection to an address of
 * the map is made to 127.0.0.1 at the same port; one to any other address but loopback is refused.
 */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <arpa/inet.h>

#define SHOWN      __attribute__((visibility("default")))
#define NAMES_MAX  32
#define ANSWER_MAX 256

typedef int lookup(const char *node, const char *service, const struct addrinfo *hints,
                   struct addrinfo **result);
typedef int join(int fd, const struct sockaddr *address, socklen_t length);

/* The C library's own. A function and an object pointer convert into each other in POSIX. */
static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* How often each name of SHIM_NAMES was asked for; of the test's process alone. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned asked[NAMES_MAX];

/* Finds "node=…" in the list and copies the answer that is due; false for an unknown name. */
static bool answer_for(const char *node, char answer[ANSWER_MAX])
{
    const char *list = getenv("SHIM_NAMES");
    size_t length = strlen(node);
    length -= length > 0 && node[length - 1] == '.';
    for (size_t i = 0; list && *list && i < NAMES_MAX; i++) {
        const char *equals = strchr(list, '=');
        const size_t end = strcspn(list, " ");
        if (equals && (size_t)(equals - list) == length && strncasecmp(list, node, length) == 0) {
            const char *at = equals + 1;
            (void)pthread_mutex_lock(&lock);
            for (unsigned n = asked[i]++; n > 0; n--) {
                const size_t step = strcspn(at, "; ");
                if (at[step] != ';')
                    break;
                at += step + 1;
            }
            (void)pthread_mutex_unlock(&lock);
            (void)snprintf(answer, ANSWER_MAX, "%.*s", (int)strcspn(at, "; "), at);
            return true;
        }
        list += end + strspn(list + end, " ");
    }
    return false;
}

SHOWN int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                      struct addrinfo **result)
{
    lookup *real_getaddrinfo;
    *(void **)&real_getaddrinfo = real("getaddrinfo");
    struct addrinfo numeric = hints ? *hints : (struct addrinfo){0};
    char answer[ANSWER_MAX];
    struct in6_addr number;
    struct addrinfo **tail = result;
    numeric.ai_flags = AI_NUMERICHOST;
    if (!node || inet_pton(AF_INET, node, &number) == 1 || inet_pton(AF_INET6, node, &number) == 1)
        return real_getaddrinfo(node, service, &numeric, result);
    if (!answer_for(node, answer))
        return EAI_NONAME;
    *result = NULL;
    for (char *at = answer; *at;) {
        const size_t length = strcspn(at, ",");
        const bool last = at[length] == '\0';
        at[length] = '\0';
        if (real_getaddrinfo(at, service, &numeric, tail) == 0)
            while (*tail)
                tail = &(*tail)->ai_next;
        at += length + !last;
    }
    return *result ? 0 : EAI_NONAME;
}

static bool is_loopback(const struct sockaddr_in *in)
{
    return ntohl(in->sin_addr.s_addr) >> 24 == 127;
}

static bool is_mapped(const char *number)
{
    const char *list = getenv("SHIM_MAP");
    const size_t length = strlen(number);
    for (; list && *list; list += strcspn(list, " ") + strspn(list + strcspn(list, " "), " "))
        if (strncmp(list, number, length) == 0 && strcspn(list, " ") == length)
            return true;
    return false;
}

SHOWN int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    join *real_connect;
    *(void **)&real_connect = real("connect");
    int type = 0;
    socklen_t type_length = sizeof type;
    (void)getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length);
    const bool internet = address->sa_family == AF_INET || address->sa_family == AF_INET6;
    if (!internet || type != SOCK_STREAM)
        return real_connect(fd, address, length);
    struct sockaddr_in in = {0};
    char number[INET_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) {
        memcpy(&in, address, sizeof in);
        if (is_loopback(&in))
            return real_connect(fd, address, length);
        (void)inet_ntop(AF_INET, &in.sin_addr, number, sizeof number);
    }
    if (number[0] == '\0' || !is_mapped(number)) {
        errno = ECONNREFUSED;
        return -1;
    }
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return real_connect(fd, (const struct sockaddr *)&in, sizeof in);
}
