/*
 * Addresses of photos as they are written: taken apart, judged, and put together in one form.
 *
 * libcurl's own parser does it, so that what is checked here is what it connects to. Refused, each
 * with a sentence: schemes other than http and https, user names and passwords, hosts that cannot
 * be, ports that belong to other protocols. Whether the host is one to connect to is not asked
 * here: that depends on the number its name leads to (address_gate.h).
 *
 * Ports: 80 and 443 below 1024, and above it all but some on which other services listen that can
 * be talked into something by an HTTP request. A host that is permitted by name has any port.
 */
#ifndef SP_FETCH_WEB_ADDRESS_H
#define SP_FETCH_WEB_ADDRESS_H

#include <smallpress/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of an address with its end, and of a host name with its end (RFC 1035: 253 characters). */
#define SP_WEB_ADDRESS_BYTES 4096
#define SP_WEB_HOST_BYTES    256

struct sp_web_address {
    char url[SP_WEB_ADDRESS_BYTES]; /* in one form, without a fragment */
    char host[SP_WEB_HOST_BYTES]; /* lower case, IDN in ASCII, IPv6 without brackets, no last dot */
    uint16_t port;
    bool https;
};

/* Reads an address. SP_BAD_DATA with a sentence. Spaces and letters beyond ASCII are encoded. */
SP_MUST_CHECK enum sp_status sp_web_address_read(struct sp_web_address *address, const char *text,
                                                 struct sp_err *err);

/* Moves on to where `location`, of a redirect, leads from `address`: relative or not. */
SP_MUST_CHECK enum sp_status sp_web_address_follow(struct sp_web_address *address,
                                                   const char *location, struct sp_err *err);

/* Whether a photo may be asked for at a port of any host. */
bool sp_web_port_is_allowed(uint16_t port);

/*
 * A host, or host:port, in the form in which sp_web_address has it; *port 0 for any. An IPv6
 * address may stand without brackets if there is no port. SP_BAD_SPEC if it is nothing of the kind.
 */
SP_MUST_CHECK enum sp_status sp_web_host_read(char host[SP_WEB_HOST_BYTES], uint16_t *port,
                                              const char *text, struct sp_err *err);

#endif
