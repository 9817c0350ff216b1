#include "fetch/address_gate.h"

#include "base/num.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

/* One block of a registry. A longer prefix inside a shorter one stands before it. */
struct block4 {
    uint32_t network;
    unsigned prefix;
    const char *kind;
};

struct block6 {
    uint16_t network[8];
    unsigned prefix;
    const char *kind;
};

#define IPV4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

/* IANA IPv4 Special-Purpose Address Registry, and multicast (RFC 5771). */
static const struct block4 blocks4[] = {
    {IPV4(0, 0, 0, 0), 8, "an address of no network"},
    {IPV4(10, 0, 0, 0), 8, "a private address"},
    {IPV4(100, 64, 0, 0), 10, "a carrier's internal address"},
    {IPV4(127, 0, 0, 0), 8, "a loopback address"},
    {IPV4(168, 63, 129, 16), 32, "an internal address of a cloud"}, /* Azure's platform */
    {IPV4(169, 254, 0, 0), 16, "a link-local address"},
    {IPV4(172, 16, 0, 0), 12, "a private address"},
    {IPV4(192, 0, 0, 0), 24, "an address reserved for protocols"},
    {IPV4(192, 0, 2, 0), 24, "an address for documentation"},
    {IPV4(192, 31, 196, 0), 24, "an address reserved for protocols"}, /* AS112, RFC 7535 */
    {IPV4(192, 52, 193, 0), 24, "an address reserved for protocols"}, /* AMT, RFC 7450 */
    {IPV4(192, 88, 99, 0), 24, "an address of a 6to4 relay"},         /* RFC 7526 */
    {IPV4(192, 168, 0, 0), 16, "a private address"},
    {IPV4(192, 175, 48, 0), 24, "an address reserved for protocols"}, /* AS112, RFC 7534 */
    {IPV4(198, 18, 0, 0), 15, "an address for benchmarks"},
    {IPV4(198, 51, 100, 0), 24, "an address for documentation"},
    {IPV4(203, 0, 113, 0), 24, "an address for documentation"},
    {IPV4(224, 0, 0, 0), 4, "a multicast address"},
    {IPV4(255, 255, 255, 255), 32, "the broadcast address"},
    {IPV4(240, 0, 0, 0), 4, "a reserved address"},
};

/*
 * IANA IPv6 Special-Purpose Address Registry, and multicast (RFC 4291). What is in none of these
 * and outside of 2000::/3 is not assigned to anybody.
 */
static const struct block6 blocks6[] = {
    {{0}, 128, "an address of no network"},
    {{0, 0, 0, 0, 0, 0, 0, 1}, 128, "a loopback address"},
    {{0, 0, 0, 0, 0, 0xFFFF}, 96, "an IPv4 address inside an IPv6 one"},
    {{0, 0, 0, 0, 0xFFFF}, 96, "an IPv4 address inside an IPv6 one"}, /* SIIT, RFC 2765 */
    {{0}, 96, "an IPv4 address inside an IPv6 one"},
    {{0x0064, 0xFF9B}, 96, "an IPv4 address inside a NAT64 one"},
    {{0x0064, 0xFF9B, 1}, 48, "an IPv4 address inside a NAT64 one"}, /* RFC 8215 */
    {{0x0100}, 64, "a discard address"},
    {{0x0100, 0, 0, 1}, 64, "an address of no network"}, /* RFC 9780 */
    {{0x2001, 0}, 32, "an IPv4 address inside a Teredo one"},
    {{0x2001, 2}, 48, "an address for benchmarks"},
    {{0x2001, 0x10}, 28, "an ORCHID, which is no address"},
    {{0x2001, 0x20}, 28, "an ORCHID, which is no address"},
    {{0x2001}, 23, "an address reserved for protocols"},
    {{0x2001, 0x0DB8}, 32, "an address for documentation"},
    {{0x2002}, 16, "an IPv4 address inside a 6to4 one"},
    {{0x2620, 0x4F, 0x8000}, 48, "an address reserved for protocols"}, /* AS112, RFC 7534 */
    {{0x3FFE}, 16, "a reserved address"},                              /* 6bone, RFC 3701 */
    {{0x3FFF}, 20, "an address for documentation"},                    /* RFC 9637 */
    {{0x5F00}, 16, "an address reserved for protocols"},               /* SRv6, RFC 9602 */
    {{0xFC00}, 7, "a private address"},
    {{0xFE80}, 10, "a link-local address"},
    {{0xFEC0}, 10, "a private address"}, /* site-local, RFC 3879 */
    {{0xFF00}, 8, "a multicast address"},
};

/* Where clouds answer to their own machines. */
static const uint32_t metadata4[] = {
    IPV4(169, 254, 169, 254),                           /* nearly all */
    IPV4(169, 254, 170, 2),                             /* containers of Amazon */
    IPV4(169, 254, 170, 23),  IPV4(100, 100, 100, 200), /* Alibaba */
    IPV4(168, 63, 129, 16),                             /* Azure */
    IPV4(192, 0, 0, 192),                               /* Oracle */
};

static const uint16_t metadata6[][8] = {
    {0xFD00, 0x0EC2, 0, 0, 0, 0, 0, 0x0254}, /* Amazon */
    {0xFD00, 0x0EC2, 0, 0, 0, 0, 0, 0x0023},
    {0xFD20, 0x00CE, 0, 0, 0, 0, 0, 0x0254}, /* Google */
    {0xFE80, 0, 0, 0, 0, 0, 0xA9FE, 0xA9FE}, /* OpenStack */
};

/* An address as numbers in the machine's order; family AF_UNSPEC for anything else. */
struct number {
    int family;
    uint32_t four;
    uint16_t six[8];
};

static struct number number_of(const struct sockaddr *address, socklen_t length)
{
    struct number number = {.family = AF_UNSPEC};
    if (length >= sizeof(struct sockaddr_in) && address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        number.family = AF_INET;
        number.four = ntohl(in.sin_addr.s_addr);
    } else if (length >= sizeof(struct sockaddr_in6) && address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        number.family = AF_INET6;
        for (size_t i = 0; i < 8; i++)
            number.six[i] =
                (uint16_t)(in6.sin6_addr.s6_addr[2 * i] << 8 | in6.sin6_addr.s6_addr[2 * i + 1]);
    }
    return number;
}

static bool in_block4(uint32_t four, const struct block4 *block)
{
    const uint32_t mask = UINT32_MAX << (32 - block->prefix);
    return (four & mask) == block->network;
}

static bool in_block6(const uint16_t six[8], const struct block6 *block)
{
    unsigned left = block->prefix;
    for (size_t i = 0; i < 8 && left > 0; i++) {
        const unsigned bits = SP_MIN(left, 16);
        const uint16_t mask = (uint16_t)(0xFFFFu << (16 - bits));
        if ((six[i] & mask) != block->network[i])
            return false;
        left -= bits;
    }
    return true;
}

static const char *kind4(uint32_t four)
{
    for (size_t i = 0; i < SP_COUNT(blocks4); i++)
        if (in_block4(four, &blocks4[i]))
            return blocks4[i].kind;
    return NULL;
}

/* The lower half of an ISATAP address names the IPv4 address of a tunnel (RFC 5214, 6.1). */
static bool is_isatap(const uint16_t six[8])
{
    return (six[4] & ~0x0300) == 0 && six[5] == 0x5EFE;
}

static const char *kind6(const uint16_t six[8])
{
    for (size_t i = 0; i < SP_COUNT(blocks6); i++)
        if (in_block6(six, &blocks6[i]))
            return blocks6[i].kind;
    if (six[0] >> 13 != 1)
        return "a reserved address";
    return is_isatap(six) ? "an IPv4 address inside an ISATAP one" : NULL;
}

bool sp_address_is_public(const struct sockaddr *address, socklen_t length, const char **kind)
{
    const struct number number = number_of(address, length);
    if (number.family == AF_INET)
        *kind = kind4(number.four);
    else if (number.family == AF_INET6)
        *kind = kind6(number.six);
    else
        *kind = "no address of the internet";
    return *kind == NULL;
}

static bool is_metadata4(uint32_t four)
{
    for (size_t i = 0; i < SP_COUNT(metadata4); i++)
        if (metadata4[i] == four)
            return true;
    return false;
}

static uint32_t joined(const uint16_t *words)
{
    return (uint32_t)words[0] << 16 | words[1];
}

static bool is_metadata6(const uint16_t six[8])
{
    for (size_t i = 0; i < SP_COUNT(metadata6); i++)
        if (memcmp(six, metadata6[i], sizeof metadata6[i]) == 0)
            return true;
    /* Mapped, compatible, translated, NAT64 and ISATAP end in the IPv4 address. */
    const bool zeros = joined(six) == 0 && joined(six + 2) == 0;
    const bool nat64 = six[0] == 0x64 && six[1] == 0xFF9B;
    if ((zeros || nat64 || is_isatap(six)) && is_metadata4(joined(six + 6)))
        return true;
    if (six[0] == 0x2002) /* 6to4 has it behind the prefix */
        return is_metadata4(joined(six + 1));
    /* Teredo has the client's at its end, every bit turned round (RFC 4380, 4). */
    return joined(six) == 0x20010000 && is_metadata4(~joined(six + 6));
}

bool sp_address_is_metadata(const struct sockaddr *address, socklen_t length)
{
    const struct number number = number_of(address, length);
    return (number.family == AF_INET && is_metadata4(number.four)) ||
           (number.family == AF_INET6 && is_metadata6(number.six));
}

const char *sp_address_text(char out[SP_ADDRESS_TEXT_BYTES], const struct sockaddr *address,
                            socklen_t length)
{
    const struct number number = number_of(address, length);
    out[0] = '\0';
    if (number.family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        (void)inet_ntop(AF_INET, &in.sin_addr, out, SP_ADDRESS_TEXT_BYTES);
    } else if (number.family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        (void)inet_ntop(AF_INET6, &in6.sin6_addr, out, SP_ADDRESS_TEXT_BYTES);
    }
    return out;
}
