#include "fetch/web_address.h"

#include "base/check.h"
#include "base/num.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* Names in letters of all scripts become ASCII where libcurl can tell (since 7.88). */
#ifdef CURLU_PUNYCODE
#define HOST_FLAGS CURLU_PUNYCODE
#else
#define HOST_FLAGS 0
#endif

#define READ_FLAGS (CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER | CURLU_URLENCODE)

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the scheme that a text begins with, its colon left out; 0 if there is none. */
static size_t scheme_length(const char *text)
{
    if (!is_letter(text[0]))
        return 0;
    size_t i = 1;
    while (is_letter(text[i]) || is_digit(text[i]) || text[i] == '+' || text[i] == '-' ||
           text[i] == '.')
        i++;
    return text[i] == ':' ? i : 0;
}

static bool same_scheme(const char *text, size_t length, const char *scheme)
{
    if (length != strlen(scheme))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text[i] | 0x20) != scheme[i])
            return false;
    return true;
}

static bool is_web(const char *text, size_t length)
{
    return same_scheme(text, length, "http") || same_scheme(text, length, "https");
}

static enum sp_status bad_scheme(const char *text, size_t length, struct sp_err *err)
{
    char quoted[SP_UTF8_QUOTE_BYTES];
    return sp_fail(err, SP_BAD_DATA,
                   "`%s:` is no way to fetch a photo: addresses begin with "
                   "http:// or https://",
                   sp_utf8_quote(quoted, sizeof quoted, text, length));
}

static enum sp_status bad_url(CURLUcode why, const char *text, struct sp_err *err)
{
    char quoted[SP_UTF8_QUOTE_BYTES];
    if (why == CURLUE_USER_NOT_ALLOWED)
        return sp_fail(err, SP_BAD_DATA,
                       "a user name or password in an address is refused: it would be sent to "
                       "whoever answers there");
    (void)sp_utf8_quote(quoted, sizeof quoted, text, strlen(text));
    return sp_fail(err, SP_BAD_DATA, "`%s` is not an address: %s", quoted, curl_url_strerror(why));
}

/* Copies a part of an address, and frees the library's copy. False if it does not fit. */
static bool take_part(CURLU *url, CURLUPart part, unsigned flags, char *out, size_t capacity)
{
    char *text = NULL;
    const CURLUcode code = curl_url_get(url, part, &text, flags);
    const size_t length = code == CURLUE_OK ? strlen(text) : 0;
    const bool fits = length > 0 && length < capacity;
    if (fits)
        memcpy(out, text, length + 1);
    curl_free(text); /* a host that is no name in any language is left behind with the error */
    return fits;
}

/* One form for a host: lower case, no brackets, no dot at its end, IPv6 as inet_ntop has it. */
static bool make_plain(char host[SP_WEB_HOST_BYTES])
{
    size_t length = strlen(host);
    if (host[0] == '[') {
        struct in6_addr number;
        if (host[length - 1] != ']')
            return false;
        host[length - 1] = '\0';
        return inet_pton(AF_INET6, host + 1, &number) == 1 &&
               inet_ntop(AF_INET6, &number, host, SP_WEB_HOST_BYTES) != NULL;
    }
    if (host[length - 1] == '.')
        host[--length] = '\0';
    for (size_t i = 0; i < length; i++)
        if (host[i] >= 'A' && host[i] <= 'Z')
            host[i] = (char)(host[i] | 0x20);
    return length > 0;
}

/* The digits of a port; 0 if it is none. */
static uint16_t port_of(const char *digits)
{
    uint32_t port = 0;
    for (size_t i = 0; digits[i] != '\0'; i++) {
        if (!is_digit(digits[i]) || port > UINT16_MAX)
            return 0;
        port = port * 10 + (uint32_t)(digits[i] - '0');
    }
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* Fills `address` from what the parser made of `text`. */
static enum sp_status take_address(struct sp_web_address *address, CURLU *url, const char *text,
                                   struct sp_err *err)
{
    char scheme[16];
    char port[8], zone[64];
    if (!take_part(url, CURLUPART_SCHEME, 0, scheme, sizeof scheme) ||
        !is_web(scheme, strlen(scheme)))
        return bad_scheme(text, scheme_length(text), err);
    /* A zone leads to a link of this machine, and finding it asks the kernel for its names. */
    if (take_part(url, CURLUPART_ZONEID, 0, zone, sizeof zone))
        return sp_fail(err, SP_BAD_DATA,
                       "its address names a link of this machine (%%%s): photos come from public "
                       "addresses only",
                       zone);
    if (curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK ||
        !take_part(url, CURLUPART_HOST, HOST_FLAGS, address->host, sizeof address->host) ||
        !make_plain(address->host))
        return bad_url(CURLUE_BAD_HOSTNAME, text, err);
    if (!take_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof port) ||
        (address->port = port_of(port)) == 0)
        return bad_url(CURLUE_BAD_PORT_NUMBER, text, err);
    if (!take_part(url, CURLUPART_URL, HOST_FLAGS, address->url, sizeof address->url))
        return sp_fail(err, SP_BAD_DATA, "the address has more than %d characters",
                       SP_WEB_ADDRESS_BYTES - 1);
    address->https = strlen(scheme) == 5;
    return SP_OK;
}

static enum sp_status no_memory(struct sp_err *err)
{
    return sp_fail(err, SP_NO_ROOM, "there is no memory left to read an address");
}

enum sp_status sp_web_address_read(struct sp_web_address *address, const char *text,
                                   struct sp_err *err)
{
    const size_t scheme = scheme_length(text);
    if (scheme == 0) {
        char quoted[SP_UTF8_QUOTE_BYTES];
        (void)sp_utf8_quote(quoted, sizeof quoted, text, strlen(text));
        return sp_fail(err, SP_BAD_DATA,
                       "`%s` is not an address: addresses begin with http:// or https://", quoted);
    }
    if (!is_web(text, scheme))
        return bad_scheme(text, scheme, err);
    CURLU *url = curl_url();
    if (!url)
        return no_memory(err);
    const CURLUcode why = curl_url_set(url, CURLUPART_URL, text, READ_FLAGS);
    const enum sp_status status =
        why == CURLUE_OK ? take_address(address, url, text, err) : bad_url(why, text, err);
    curl_url_cleanup(url);
    return status;
}

enum sp_status sp_web_address_follow(struct sp_web_address *address, const char *location,
                                     struct sp_err *err)
{
    const size_t scheme = scheme_length(location);
    if (scheme > 0 && !is_web(location, scheme))
        return bad_scheme(location, scheme, err);
    CURLU *url = curl_url();
    if (!url)
        return no_memory(err);
    CURLUcode why = curl_url_set(url, CURLUPART_URL, address->url, READ_FLAGS);
    if (why == CURLUE_OK)
        why = curl_url_set(url, CURLUPART_URL, location, READ_FLAGS);
    const enum sp_status status =
        why == CURLUE_OK ? take_address(address, url, location, err) : bad_url(why, location, err);
    curl_url_cleanup(url);
    return status;
}

bool sp_web_port_is_allowed(uint16_t port)
{
    /* Of those that browsers refuse too (WHATWG Fetch, 2.9), and three that take lines of text. */
    static const uint16_t refused[] = {1719, 1720, 1723, 2049, 3659,  4045, 4190, 5060,
                                       5061, 6000, 6379, 6566, 6665,  6666, 6667, 6668,
                                       6669, 6679, 6697, 9100, 10080, 11211};
    if (port < 1024)
        return port == 80 || port == 443;
    for (size_t i = 0; i < SP_COUNT(refused); i++)
        if (refused[i] == port)
            return false;
    return true;
}

enum sp_status sp_web_host_read(char host[SP_WEB_HOST_BYTES], uint16_t *port, const char *text,
                                struct sp_err *err)
{
    char quoted[SP_UTF8_QUOTE_BYTES];
    char url[SP_WEB_HOST_BYTES + 32];
    char digits[8];
    const char *colon = strchr(text, ':');
    const bool bare6 = text[0] != '[' && colon && strchr(colon + 1, ':');
    const int length = snprintf(url, sizeof url, bare6 ? "http://[%s]/" : "http://%s/", text);
    bool good = text[0] != '\0' && strcspn(text, "/?#@\\ ") == strlen(text) && length > 0 &&
                (size_t)length < sizeof url;
    CURLU *parser = good ? curl_url() : NULL;
    *port = 0;
    good = parser && curl_url_set(parser, CURLUPART_URL, url, READ_FLAGS) == CURLUE_OK &&
           take_part(parser, CURLUPART_HOST, HOST_FLAGS, host, SP_WEB_HOST_BYTES) &&
           make_plain(host);
    if (good && take_part(parser, CURLUPART_PORT, 0, digits, sizeof digits)) {
        *port = port_of(digits);
        good = *port != 0;
    }
    curl_url_cleanup(parser);
    if (good)
        return SP_OK;
    (void)sp_utf8_quote(quoted, sizeof quoted, text, strlen(text));
    return sp_fail(err, SP_BAD_SPEC,
                   "`%s` is not a host: write a name or a number, with a port if it is only that "
                   "one, like photos.example.org or 192.168.1.7:8080",
                   quoted);
}
