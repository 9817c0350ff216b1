/*
 * Hostile addresses: what is read is read the same again, what it is turned into stays on the web,
 * and a redirect leads to nothing that could not have been written.
 *
 * The input is an address, a line break, and where a redirect leads.
 */
#include "base/check.h"
#include "fetch/url_transform.h"
#include "fetch/web_address.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* An address that was read is a good one, and its own form. */
static void check_read(const struct sp_web_address *address)
{
    static struct sp_web_address again;
    SP_ASSERT(strlen(address->url) < SP_WEB_ADDRESS_BYTES);
    SP_ASSERT(strncasecmp(address->url, address->https ? "https://" : "http://",
                          address->https ? 8 : 7) == 0);
    SP_ASSERT(address->port != 0);
    SP_ASSERT(address->host[0] != '\0');
    SP_ASSERT(!strpbrk(address->host, "/?#@[] \\"));
    SP_ASSERT(!strpbrk(address->url, "# \r\n"));
    SP_ASSERT(sp_web_address_read(&again, address->url, NULL) == SP_OK);
    SP_ASSERT(strcmp(again.url, address->url) == 0);
    SP_ASSERT(strcmp(again.host, address->host) == 0);
    SP_ASSERT(again.port == address->port);
    SP_ASSERT(again.https == address->https);
}

/* Asking for a smaller photo fits the room, keeps the scheme, and is not done twice. */
static void check_transform(const char *text)
{
    static char smaller[SP_WEB_ADDRESS_BYTES];
    static char twice[SP_WEB_ADDRESS_BYTES];
    if (!sp_url_transform(NULL, text, 1200, 80, smaller, sizeof smaller))
        return;
    SP_ASSERT(strlen(smaller) < sizeof smaller);
    SP_ASSERT(strncmp(smaller, text, strcspn(text, "/?")) == 0);
    SP_ASSERT(!strchr(smaller, '#'));
    SP_ASSERT(!sp_url_transform(NULL, smaller, 1200, 80, twice, sizeof twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sp_web_address address;
    struct sp_err err;
    char host[SP_WEB_HOST_BYTES];
    uint16_t port;
    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* as the program does it, for names beyond ASCII */
    char *text = malloc(size + 1);
    SP_ASSERT(text);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    char *location = strchr(text, '\n');
    if (location)
        *location++ = '\0';
    const enum sp_status host_status = sp_web_host_read(host, &port, text, &err);
    SP_ASSERT(host_status == SP_OK || host_status == SP_BAD_SPEC);
    check_transform(text);
    const enum sp_status status = sp_web_address_read(&address, text, &err);
    SP_ASSERT(status == SP_OK || status == SP_BAD_DATA);
    if (status == SP_OK) {
        check_read(&address);
        if (location && sp_web_address_follow(&address, location, &err) == SP_OK)
            check_read(&address);
    }
    free(text);
    return 0;
}
