/*
 * Which network addresses a photo may come from: the public ones.
 *
 * Names are never judged, only the numbers they resolve to, at the moment a connection is made: an
 * answer that changes, a number written in octal and an IPv4 address inside an IPv6 one all end up
 * here. Refused are (RFC 6890 and its registries): this network, loopback, private, carrier-grade
 * NAT, link-local with the metadata addresses of clouds, protocol assignments, documentation,
 * benchmarks, multicast, reserved and broadcast; of IPv6 unspecified, loopback, mapped and
 * compatible IPv4, NAT64, discard, Teredo, ORCHID, documentation, 6to4, unique local, link-local,
 * site-local, multicast. Addresses that carry an IPv4 address are refused whatever it is.
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

#endif
