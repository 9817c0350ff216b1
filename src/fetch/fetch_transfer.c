#include "fetch/fetch_transfer.h"

#include "base/check.h"
#include "base/num.h"
#include "base/sys.h"
#include "base/utf8.h"
#include "fetch/address_gate.h"
#include "fetch/fetch_retry.h"
#include "fetch/http_reason.h"

#include <smallpress/quantity.h>

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t sp_fetch_clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Callbacks of libcurl --------------------------------------------------------------------- */

/* The gate: whether this very address may be connected to. If not, `err` says why. */
static bool may_connect(const struct sp_fetch_bounds *bounds, const char *host,
                        const struct sockaddr *address, socklen_t length, struct sp_err *err)
{
    const char *kind = NULL;
    char text[SP_ADDRESS_TEXT_BYTES];
    if (bounds->any_address)
        return true;
    (void)sp_address_text(text, address, length);
    if (sp_address_is_metadata(address, length))
        (void)sp_fail(err, SP_BAD_DATA,
                      "the address %s of %s is one at which a cloud hands out secrets of its "
                      "machines: only --allow-host %s permits it",
                      text, host, host);
    else if (!bounds->private_address && !sp_address_is_public(address, length, &kind))
        (void)sp_fail(err, SP_BAD_DATA,
                      "the address %s of %s is %s: photos come from public addresses only; "
                      "--allow-host %s permits it",
                      text, host, kind, host);
    else
        return true;
    return false;
}

/*
 * Through a proxy only a host that is written as a number can be judged, and the name that means
 * the machine itself: the proxy's own, in this case.
 */
static bool may_ask_proxy(const struct sp_fetch_bounds *bounds, const char *host,
                          struct sp_err *err)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    const size_t length = strlen(host);
    const bool local = strcmp(host, "localhost") == 0 ||
                       (length > 10 && strcmp(host + length - 10, ".localhost") == 0);
    if (inet_pton(AF_INET6, host, &six.sin6_addr) == 1)
        return may_connect(bounds, host, (const struct sockaddr *)&six, sizeof six, err);
    if (inet_pton(AF_INET, local ? "127.0.0.1" : host, &four.sin_addr) == 1)
        return may_connect(bounds, host, (const struct sockaddr *)&four, sizeof four, err);
    return true;
}

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sp_fetch_transfer *transfer = context;
    (void)purpose;
    if (address->family != AF_INET && address->family != AF_INET6)
        return CURL_SOCKET_BAD;
    if (!transfer->bounds.proxy &&
        !may_connect(&transfer->bounds, transfer->address->host, &address->addr,
                     (socklen_t)address->addrlen, &transfer->err)) {
        transfer->stop = SP_FETCH_STOP_GATE;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static long status_code(const struct sp_fetch_transfer *transfer)
{
    long code = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

static size_t broken_off(struct sp_fetch_transfer *transfer, enum sp_fetch_stop why)
{
    transfer->stop = why;
    return 0;
}

static void heard(struct sp_fetch_transfer *transfer, size_t count)
{
    transfer->heard_ms = sp_fetch_clock_ms();
    transfer->span_bytes += count;
}

static size_t on_body(char *bytes, size_t size, size_t members, void *context)
{
    struct sp_fetch_transfer *transfer = context;
    const size_t count = size * members;
    heard(transfer, count);
    if (status_code(transfer) != 200)
        return broken_off(transfer, SP_FETCH_STOP_ANSWER);
    if (count > transfer->bounds.bytes_max - transfer->bytes)
        return broken_off(transfer, SP_FETCH_STOP_LARGE);
    if (transfer->bytes < sizeof transfer->head) {
        const size_t room = sizeof transfer->head - (size_t)transfer->bytes;
        memcpy(transfer->head + transfer->bytes, bytes, SP_MIN(room, count));
    }
    const int error = sp_sys_pwrite_all(transfer->fd, bytes, count, transfer->bytes);
    if (error < 0) {
        transfer->file_failed = true;
        (void)sp_fail_os(&transfer->err, -error, "what was fetched could not be written");
        return broken_off(transfer, SP_FETCH_STOP_FILE);
    }
    transfer->bytes += count;
    return count;
}

/* Whether a header is `name`, in lower case here; *value and *length are then what it says. */
static bool is_header(const char *line, size_t count, const char *name, const char **value,
                      size_t *length)
{
    const size_t end = strlen(name);
    if (count <= end || line[end] != ':')
        return false;
    for (size_t i = 0; i < end; i++) {
        const char c = line[i] >= 'A' && line[i] <= 'Z' ? (char)(line[i] | 0x20) : line[i];
        if (c != name[i])
            return false;
    }
    size_t from = end + 1;
    while (from < count && (line[from] == ' ' || line[from] == '\t'))
        from++;
    while (count > from && strchr(" \t\r\n", line[count - 1]))
        count--;
    *value = line + from;
    *length = count - from;
    return true;
}

static size_t on_header(char *line, size_t size, size_t members, void *context)
{
    struct sp_fetch_transfer *transfer = context;
    const size_t count = size * members;
    const char *value;
    size_t length;
    heard(transfer, count);
    if (count > SP_FETCH_HEADER_BYTES_MAX - transfer->header_bytes)
        return broken_off(transfer, SP_FETCH_STOP_HEADERS);
    transfer->header_bytes += count;
    /* libcurl undoes whatever a transfer encoding names; only that of chunks is wanted. */
    if (is_header(line, count, "transfer-encoding", &value, &length) &&
        !(length == 7 && strncasecmp(value, "chunked", 7) == 0))
        return broken_off(transfer, SP_FETCH_STOP_ENCODED);
    return count;
}

/* Beginning -------------------------------------------------------------------------------- */

/* The first thing that libcurl refuses is kept in *code. */
#define SET(easy, option, value)                              \
    do {                                                      \
        if (code == CURLE_OK)                                 \
            code = curl_easy_setopt((easy), (option), value); \
    } while (0)

static enum sp_status not_set(CURLcode code, struct sp_err *err)
{
    if (code == CURLE_OUT_OF_MEMORY)
        return sp_fail(err, SP_NO_ROOM, "there is no memory left to fetch a photo");
    return sp_fail(err, SP_IO, "libcurl cannot be set up: %s", curl_easy_strerror(code));
}

enum sp_status sp_fetch_transfer_open(struct sp_fetch_transfer *transfer, struct sp_err *err)
{
    transfer->easy = curl_easy_init();
    return transfer->easy ? SP_OK : not_set(CURLE_OUT_OF_MEMORY, err);
}

void sp_fetch_transfer_close(struct sp_fetch_transfer *transfer)
{
    if (transfer->easy)
        curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
}

/* What holds for every question. */
static CURLcode set_manners(CURL *easy)
{
    CURLcode code = CURLE_OK;
    SET(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
    SET(easy, CURLOPT_HTTPGET, 1L);
    /* One version, and the smaller: nothing is gained by streams where each photo has its own. */
    SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    SET(easy, CURLOPT_ACCEPT_ENCODING, NULL);
    SET(easy, CURLOPT_USERAGENT, "smallpress/" SP_VERSION);
    SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    SET(easy, CURLOPT_NOSIGNAL, 1L);
    SET(easy, CURLOPT_NOPROGRESS, 1L);
    SET(easy, CURLOPT_QUICK_EXIT, 1L);
    return code;
}

static CURLcode set_callbacks(CURL *easy, struct sp_fetch_transfer *transfer)
{
    CURLcode code = CURLE_OK;
    SET(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    SET(easy, CURLOPT_OPENSOCKETDATA, transfer);
    SET(easy, CURLOPT_WRITEFUNCTION, on_body);
    SET(easy, CURLOPT_WRITEDATA, transfer);
    SET(easy, CURLOPT_HEADERFUNCTION, on_header);
    SET(easy, CURLOPT_HEADERDATA, transfer);
    SET(easy, CURLOPT_ERRORBUFFER, transfer->message);
    SET(easy, CURLOPT_PRIVATE, transfer);
    return code;
}

static CURLcode set_bounds(CURL *easy, const struct sp_fetch_bounds *bounds)
{
    CURLcode code = CURLE_OK;
    SET(easy, CURLOPT_TIMEOUT_MS, (long)bounds->time_ms);
    SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)bounds->connect_ms);
    SET(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)bounds->bytes_max);
    if (bounds->fresh)
        SET(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    /* An empty text keeps libcurl from asking the environment by itself. */
    SET(easy, CURLOPT_PROXY, bounds->proxy ? bounds->proxy : "");
    SET(easy, CURLOPT_NOPROXY, "");
    if (bounds->authorities)
        SET(easy, CURLOPT_CAINFO, bounds->authorities);
    /*
     * Where a file names all authorities, a folder of them as well keeps libcurl from reading the
     * file once for all connections: each would take a megabyte and the time to parse it.
     */
    if (bounds->authorities || curl_version_info(CURLVERSION_NOW)->cainfo)
        SET(easy, CURLOPT_CAPATH, NULL);
    return code;
}

enum sp_status sp_fetch_transfer_begin(struct sp_fetch_transfer *transfer,
                                       const struct sp_web_address *address, int fd,
                                       const struct sp_fetch_bounds *bounds, struct sp_err *err)
{
    CURL *easy = transfer->easy;
    if (bounds->proxy && !may_ask_proxy(bounds, address->host, err))
        return SP_BAD_DATA;
    memset(transfer, 0, sizeof *transfer);
    transfer->easy = easy;
    transfer->address = address;
    transfer->bounds = *bounds;
    transfer->fd = fd;
    transfer->began_ms = transfer->heard_ms = sp_fetch_clock_ms();
    curl_easy_reset(easy);
    CURLcode code = set_manners(easy);
    if (code == CURLE_OK)
        code = set_callbacks(easy, transfer);
    if (code == CURLE_OK)
        code = set_bounds(easy, bounds);
    SET(easy, CURLOPT_URL, address->url);
    return code == CURLE_OK ? SP_OK : not_set(code, err);
}

/* Ending ----------------------------------------------------------------------------------- */

/* What a header of the last answer says; null if there is none. */
static const char *header(const struct sp_fetch_transfer *transfer, const char *name)
{
    struct curl_header *found = NULL;
    if (curl_easy_header(transfer->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return NULL;
    return found->value;
}

static enum sp_fetch_outcome too_large(struct sp_fetch_transfer *transfer)
{
    char size[SP_FORMAT_BYTES];
    (void)sp_fail(&transfer->err, SP_TOO_BIG, "it is larger than %s",
                  sp_format_bytes(size, sizeof size, transfer->bounds.bytes_max));
    return SP_FETCH_FAILED;
}

static enum sp_fetch_outcome stopped(struct sp_fetch_transfer *transfer)
{
    char size[SP_FORMAT_BYTES];
    if (transfer->stop == SP_FETCH_STOP_LARGE)
        return too_large(transfer);
    if (transfer->stop == SP_FETCH_STOP_HEADERS)
        (void)sp_fail(&transfer->err, SP_BAD_DATA,
                      "the server sent more than %s of headers before any photo",
                      sp_format_bytes(size, sizeof size, SP_FETCH_HEADER_BYTES_MAX));
    else if (transfer->stop == SP_FETCH_STOP_ENCODED)
        (void)sp_fail(&transfer->err, SP_BAD_DATA,
                      "the server sent it in a transfer encoding that was not asked for");
    return SP_FETCH_FAILED; /* the others have said why where they stopped it */
}

static enum sp_fetch_outcome timed_out(struct sp_fetch_transfer *transfer)
{
    char span[SP_FORMAT_BYTES];
    curl_off_t ready = 0;
    const int64_t now = sp_fetch_clock_ms();
    const struct sp_fetch_bounds *bounds = &transfer->bounds;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    if (now - transfer->began_ms >= (int64_t)bounds->time_ms - 1) {
        (void)sp_fail(&transfer->err, SP_IO, "it took longer than %s",
                      sp_format_duration(span, sizeof span, bounds->time_total_ms));
        return SP_FETCH_FAILED;
    }
    if (ready == 0) {
        (void)sp_fail(&transfer->err, SP_IO, "there was no connection to %s within %s",
                      transfer->address->host,
                      sp_format_duration(span, sizeof span, bounds->connect_ms));
        return SP_FETCH_AGAIN;
    }
    (void)sp_fail(&transfer->err, SP_IO, "the server stopped answering");
    return SP_FETCH_AGAIN;
}

bool sp_fetch_transfer_is_slow(struct sp_fetch_transfer *transfer)
{
    curl_off_t ready = 0;
    const int64_t now = sp_fetch_clock_ms();
    const uint64_t due = sp_u64_mul(transfer->bounds.speed_min, SP_FETCH_SPEED_S);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    if (ready == 0)
        return false; /* still connecting, which has a time of its own */
    if (transfer->span_ms == 0)
        transfer->span_ms = transfer->heard_ms = now;
    if (now - transfer->heard_ms >= SP_FETCH_SPEED_S * 1000) {
        (void)sp_fail(&transfer->err, SP_IO, "the server sent no bytes for %d s", SP_FETCH_SPEED_S);
    } else if (now - transfer->span_ms < SP_FETCH_SPEED_S * 1000) {
        return false;
    } else if (transfer->span_bytes < due) {
        (void)sp_fail(&transfer->err, SP_IO,
                      "the server sent fewer than %" PRIu32 " bytes a second for %d s",
                      transfer->bounds.speed_min, SP_FETCH_SPEED_S);
    } else {
        transfer->span_ms = now;
        transfer->span_bytes = 0;
        return false;
    }
    transfer->stop = SP_FETCH_STOP_SLOW;
    return true;
}

static enum sp_fetch_outcome not_connected(struct sp_fetch_transfer *transfer)
{
    long error = 0;
    if (transfer->stop == SP_FETCH_STOP_GATE)
        return SP_FETCH_FAILED;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
    if (error != 0)
        (void)sp_fail_os(&transfer->err, (int)error, "there is no connection to %s, port %u",
                         transfer->address->host, transfer->address->port);
    else
        (void)sp_fail(&transfer->err, SP_IO, "there is no connection to %s, port %u",
                      transfer->address->host, transfer->address->port);
    return SP_FETCH_AGAIN;
}

static enum sp_fetch_outcome ended_early(struct sp_fetch_transfer *transfer)
{
    char came[SP_FORMAT_BYTES];
    char due[SP_FORMAT_BYTES];
    curl_off_t length = -1;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    (void)sp_format_count(came, sizeof came, transfer->bytes);
    if (length > 0)
        (void)sp_fail(&transfer->err, SP_IO, "it ended early: %s bytes of %s came", came,
                      sp_format_count(due, sizeof due, (uint64_t)length));
    else
        (void)sp_fail(&transfer->err, SP_IO, "the connection broke off after %s bytes", came);
    return SP_FETCH_AGAIN;
}

/* libcurl's own words, made fit to be shown: they may quote what the server said. */
static enum sp_fetch_outcome in_its_words(struct sp_fetch_transfer *transfer, CURLcode code,
                                          const char *what, enum sp_fetch_outcome outcome)
{
    char quoted[160];
    const char *words = transfer->message[0] ? transfer->message : curl_easy_strerror(code);
    (void)sp_fail(&transfer->err, SP_IO, "%s %s: %s", what, transfer->address->host,
                  sp_utf8_quote(quoted, sizeof quoted, words, strlen(words)));
    return outcome;
}

static enum sp_fetch_outcome failed(struct sp_fetch_transfer *transfer, CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return timed_out(transfer);
    case CURLE_COULDNT_CONNECT:
        return not_connected(transfer);
    case CURLE_FILESIZE_EXCEEDED:
        return too_large(transfer);
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return ended_early(transfer);
    case CURLE_COULDNT_RESOLVE_HOST:
        (void)sp_fail(&transfer->err, SP_IO, "the name servers know no host %s",
                      transfer->address->host);
        return SP_FETCH_AGAIN;
    case CURLE_GOT_NOTHING:
        (void)sp_fail(&transfer->err, SP_IO, "%s closed the connection without an answer",
                      transfer->address->host);
        return SP_FETCH_AGAIN;
    case CURLE_SSL_CONNECT_ERROR:
        return in_its_words(transfer, code, "there is no secure connection to", SP_FETCH_AGAIN);
    case CURLE_PEER_FAILED_VERIFICATION:
        return in_its_words(transfer, code, "there is no trust in the certificate of",
                            SP_FETCH_FAILED);
    case CURLE_SSL_CACERT_BADFILE:
        (void)sp_fail(&transfer->err, SP_IO,
                      "this machine has no list of certificate authorities to check %s with: "
                      "install its ca-certificates",
                      transfer->address->host);
        return SP_FETCH_FAILED;
    case CURLE_OUT_OF_MEMORY:
        (void)sp_fail(&transfer->err, SP_NO_ROOM, "there is no memory left to fetch it");
        return SP_FETCH_FAILED;
    default:
        return in_its_words(transfer, code, "there is no photo to be had from", SP_FETCH_FAILED);
    }
}

static enum sp_fetch_outcome redirected(struct sp_fetch_transfer *transfer, long code)
{
    const char *location = header(transfer, "Location");
    const size_t length = location ? strlen(location) : 0;
    if (length > 0 && length < sizeof transfer->location) {
        memcpy(transfer->location, location, length + 1);
        return SP_FETCH_REDIRECT;
    }
    (void)sp_fail(&transfer->err, SP_BAD_DATA, "HTTP %ld %s, to %s", code, sp_http_reason(code),
                  length > 0 ? "an address that is too long" : "nowhere");
    return SP_FETCH_FAILED;
}

/* An answer that is not the photo. */
static enum sp_fetch_outcome answered(struct sp_fetch_transfer *transfer, long code)
{
    char span[SP_FORMAT_BYTES];
    curl_off_t wait_s = 0;
    if (code == 301 || code == 302 || code == 303 || code == 307 || code == 308)
        return redirected(transfer, code);
    const char *reason = sp_http_reason(code);
    const char *blank = reason[0] ? " " : "";
    (void)sp_fail(&transfer->err, SP_IO, "HTTP %ld%s%s", code, blank, reason);
    if (!sp_fetch_retry_code(code))
        return SP_FETCH_FAILED;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &wait_s);
    if (wait_s <= SP_FETCH_RETRY_AFTER_MAX_MS / 1000) {
        transfer->wait_ms = wait_s > 0 ? (uint64_t)wait_s * 1000 : 0;
        return SP_FETCH_AGAIN;
    }
    (void)sp_fail(&transfer->err, SP_IO, "HTTP %ld%s%s: the server will not be asked again for %s",
                  code, blank, reason,
                  sp_format_duration(span, sizeof span, sp_u64_mul((uint64_t)wait_s, 1000)));
    return SP_FETCH_FAILED;
}

/* Whether it came in an encoding that nobody asked for, and so is no photo yet. */
static bool is_encoded(const struct sp_fetch_transfer *transfer)
{
    static const char *const encodings[] = {"gzip", "x-gzip", "deflate", "br", "zstd", "compress"};
    const char *encoding = header(transfer, "Content-Encoding");
    for (size_t i = 0; encoding && i < SP_COUNT(encodings); i++)
        if (strcasecmp(encoding, encodings[i]) == 0)
            return !sp_fetch_transfer_is_photo(transfer);
    return false;
}

enum sp_fetch_outcome sp_fetch_transfer_end(struct sp_fetch_transfer *transfer, CURLcode code)
{
    if (transfer->stop > SP_FETCH_STOP_ANSWER)
        return stopped(transfer);
    const long status = status_code(transfer);
    /* Of other answers than the photo nothing but the headers counts, whatever became of the rest.
     */
    if (status > 200 && code != CURLE_OPERATION_TIMEDOUT)
        return answered(transfer, status);
    if (code != CURLE_OK)
        return failed(transfer, code);
    transfer->stop = SP_FETCH_STOP_NONE; /* the gate refused one address, and another was taken */
    if (transfer->bytes == 0)
        (void)sp_fail(&transfer->err, SP_BAD_DATA, "the server sent nothing at all");
    else if (is_encoded(transfer))
        (void)sp_fail(&transfer->err, SP_BAD_DATA,
                      "the server sent it compressed, which was not asked for");
    else
        return SP_FETCH_DONE;
    return SP_FETCH_FAILED;
}

bool sp_fetch_transfer_is_photo(const struct sp_fetch_transfer *transfer)
{
    static const unsigned char png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    const unsigned char *head = transfer->head;
    const bool jpeg = head[0] == 0xFF && head[1] == 0xD8 && head[2] == 0xFF;
    const bool webp = memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0;
    return jpeg || webp || memcmp(head, png, sizeof png) == 0 || memcmp(head + 4, "ftyp", 4) == 0;
}

bool sp_fetch_transfer_is_page(const struct sp_fetch_transfer *transfer)
{
    const char *type = header(transfer, "Content-Type");
    if (!type || sp_fetch_transfer_is_photo(transfer))
        return false;
    return strncasecmp(type, "text/html", 9) == 0 ||
           strncasecmp(type, "application/xhtml", 17) == 0;
}
