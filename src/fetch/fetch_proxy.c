#include "fetch/fetch_proxy.h"

#include <string.h>

/* The first of two variables that says something. */
static const char *said(const char *(*variable)(const char *name), const char *one,
                        const char *other)
{
    const char *text = variable(one);
    if ((!text || text[0] == '\0') && other)
        text = variable(other);
    return text && text[0] != '\0' ? text : NULL;
}

/* Whether a host is `name`, in capitals or not, or below it. */
static bool is_under(const char *host, const char *name, size_t length)
{
    const size_t host_length = strlen(host);
    if (length == 0 || length > host_length)
        return false;
    const char *tail = host + host_length - length;
    for (size_t i = 0; i < length; i++) {
        const char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
        if (c != tail[i])
            return false;
    }
    return tail == host || tail[-1] == '.';
}

/* Whether a list of names between commas or blanks holds a host. */
static bool is_listed(const char *list, const char *host)
{
    while (*list != '\0') {
        list += strspn(list, ", \t");
        const char *name = list;
        size_t length = strcspn(list, ", \t");
        list += length;
        if (length == 1 && name[0] == '*')
            return true;
        if (length > 2 && name[0] == '[' && name[length - 1] == ']') {
            name++;
            length -= 2;
        }
        if (length > 1 && name[0] == '.') {
            name++;
            length--;
        }
        if (is_under(host, name, length))
            return true;
    }
    return false;
}

const char *sp_fetch_proxy(const struct sp_web_address *address,
                           const char *(*variable)(const char *name))
{
    const char *proxy = address->https ? said(variable, "https_proxy", "HTTPS_PROXY")
                                       : said(variable, "http_proxy", NULL);
    if (!proxy)
        proxy = said(variable, "all_proxy", "ALL_PROXY");
    const char *exceptions = said(variable, "no_proxy", "NO_PROXY");
    return proxy && exceptions && is_listed(exceptions, address->host) ? NULL : proxy;
}
