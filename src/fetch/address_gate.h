/*
 * Which network addresses a photo may come from: the public ones.
 *
 * Names are never judged, only the numbers they resolve to, at the moment a connection is made: an
 * answer that changes, a number written in octal and an IPv4 address inside an IPv6 one all end up
 * here. Refused is every block of IANA's special-purpose registries (RFC 6890 and what was added
 * since), reachable or not, because no photos live there: this network, loopback, private,
 * carrier-grade NAT, link-local with the metadata addresses of clouds, protocol assignments,
 * relays, documentation, benchmarks, multicast, reserved and broadcast; of IPv6 also mapped,
 * compatible and translated IPv4, NAT64, discard, Teredo, ORCHID, 6to4, ISATAP, unique local,
 * site-local, and all that lies outside of 2000::/3. Addresses that carry an IPv4 address are
 * refused whatever it is.
 */
#ifndef SP_FETCH_ADDRESS_GATE_H
#define SP_FETCH_ADDRESS_GATE_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Whether an address is public. If not, *kind names what it is, for a message: "a loopback
 * address", "a private address". Anything but IPv4 and IPv6 is not.
 */
bool sp_address_is_public(const struct sockaddr *address, socklen_t length, const char **kind);

/*
 * Whether an address is one at which clouds hand out the secrets of their machines, in any IPv6
 * form that carries it too. Such an address stays closed even where private ones are allowed.
 */
bool sp_address_is_metadata(const struct sockaddr *address, socklen_t length);

/* Bytes that hold an address as text. */
#define SP_ADDRESS_TEXT_BYTES 64

/* The number of an IPv4 or IPv6 address as people write it, without its port. Returns `out`. */
const char *sp_address_text(char out[SP_ADDRESS_TEXT_BYTES], const struct sockaddr *address,
                            socklen_t length);

#endif
