/*
 * Which proxy the environment names for an address, if any.
 *
 * It is worked out here and not by libcurl because the gate must know: through a proxy, the address
 * that is connected to is the proxy's own, and it is the proxy that looks the photo's host up. The
 * gate then sees nothing but hosts that are written as numbers, so a proxy has to keep its own
 * house.
 */
#ifndef SP_FETCH_PROXY_H
#define SP_FETCH_PROXY_H

#include "fetch/web_address.h"

/*
 * What http_proxy (in lower case only: a web server sets HTTP_PROXY from a header), https_proxy or
 * all_proxy says, or null where none is named or no_proxy lists the host: names, which hold for
 * what is below them too, numbers, or * for all. `variable` is getenv, or stands in for it.
 */
const char *sp_fetch_proxy(const struct sp_web_address *address,
                           const char *(*variable)(const char *name));

#endif
