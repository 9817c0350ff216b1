/*
 * The gate: every block from its first address to its last, and the addresses just outside; every
 * IPv6 form that carries an IPv4 address; what clouds hide.
 */
#include "support/unit.h"

#include "base/num.h"
#include "fetch/address_gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct place {
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } address;
    socklen_t length;
};

static struct place place_of(const char *text)
{
    struct place place;
    memset(&place, 0, sizeof place);
    if (strchr(text, ':')) {
        place.address.six.sin6_family = AF_INET6;
        place.length = sizeof place.address.six;
        assert_int_equal(inet_pton(AF_INET6, text, &place.address.six.sin6_addr), 1);
    } else {
        place.address.four.sin_family = AF_INET;
        place.length = sizeof place.address.four;
        assert_int_equal(inet_pton(AF_INET, text, &place.address.four.sin_addr), 1);
    }
    return place;
}

/* What an address is; null for a public one. */
static const char *kind_of(const char *text)
{
    const struct place place = place_of(text);
    const char *kind = "untouched";
    const bool public = sp_address_is_public(&place.address.any, place.length, &kind);
    assert_int_equal(public, kind == NULL);
    return kind;
}

static void expect_public(const char *text)
{
    const char *kind = kind_of(text);
    if (kind)
        fail_msg("%s is public, and was taken for %s", text, kind);
}

static void expect_kind(const char *text, const char *word)
{
    const char *kind = kind_of(text);
    if (!kind || !strstr(kind, word))
        fail_msg("%s is %s, and was taken for %s", text, word, kind ? kind : "a public address");
}

/* A block with its first and last address, and those before and behind it if they are public. */
struct block {
    const char *before, *first, *last, *behind, *word;
};

static void check_blocks(const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_kind(blocks[i].first, blocks[i].word);
        expect_kind(blocks[i].last, blocks[i].word);
        if (blocks[i].before)
            expect_public(blocks[i].before);
        if (blocks[i].behind)
            expect_public(blocks[i].behind);
    }
}

static void blocks_of_ipv4(void **state)
{
    static const struct block blocks[] = {
        {NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0", "no network"},
        {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", "private"},
        {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0", "carrier"},
        {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0", "loopback"},
        {"168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17", "cloud"},
        {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0", "link-local"},
        {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", "private"},
        {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0", "protocols"},
        {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0", "documentation"},
        {"192.31.195.255", "192.31.196.0", "192.31.196.255", "192.31.197.0", "protocols"},
        {"192.52.192.255", "192.52.193.0", "192.52.193.255", "192.52.194.0", "protocols"},
        {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0", "6to4"},
        {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0", "private"},
        {"192.175.47.255", "192.175.48.0", "192.175.48.255", "192.175.49.0", "protocols"},
        {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0", "benchmarks"},
        {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0", "documentation"},
        {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0", "documentation"},
        {"223.255.255.255", "224.0.0.0", "239.255.255.255", NULL, "multicast"},
        {NULL, "240.0.0.0", "255.255.255.254", NULL, "reserved"},
        {NULL, "255.255.255.255", "255.255.255.255", NULL, "broadcast"},
    };
    check_blocks(blocks, SP_COUNT(blocks));
    expect_public("8.8.8.8");
    expect_public("151.101.1.140");
}

static void blocks_of_ipv6(void **state)
{
    static const struct block blocks[] = {
        {NULL, "::", "::", NULL, "no network"},
        {NULL, "::1", "::1", NULL, "loopback"},
        {NULL, "64:ff9b::", "64:ff9b::ffff:ffff", NULL, "NAT64"},
        {NULL, "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", NULL, "NAT64"},
        {NULL, "100::", "100::ffff:ffff:ffff:ffff", NULL, "discard"},
        {NULL, "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", NULL, "no network"},
        {NULL, "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "Teredo"},
        {NULL, "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", NULL, "benchmarks"},
        {NULL, "2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "ORCHID"},
        {NULL, "2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "ORCHID"},
        {NULL, "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::", "protocols"},
        {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
         "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", "documentation"},
        {"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::", "6to4"},
        {"2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
         "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::", "protocols"},
        {"3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "3ffe::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "reserved"},
        {NULL, "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", "documentation"},
        {NULL, "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "protocols"},
        {NULL, "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "private"},
        {NULL, "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "link-local"},
        {NULL, "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "private"},
        {NULL, "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "multicast"},
        /* Outside of 2000::/3 nothing is anybody's. */
        {NULL, "200::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::", "reserved"},
        {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::", "4000::1", NULL, "reserved"},
        {NULL, "64:ff9a::1", "64:ff9c::1", NULL, "reserved"},
        {NULL, "64:ff9b:2::", "ff:ffff::", NULL, "reserved"},
        {NULL, "100:0:0:2::", "100:1::", NULL, "reserved"},
        {NULL, "fe00::", "fe7f::1", NULL, "reserved"},
    };
    check_blocks(blocks, SP_COUNT(blocks));
    expect_public("2606:4700::6810:85e5");
    expect_public("2a00:1450:4001:830::200e");
}

/* 127.0.0.1 and 8.8.8.8 in all their disguises: the second is no better in any of them. */
static void carriers_of_ipv4(void **state)
{
    static const char *const texts[] = {
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:127.0.0.1",
        "::ffff:0:8.8.8.8",
        "64:ff9b::127.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::127.0.0.1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "2001:0:7f00:1::",
        "2001::80ff:fffe",
        "2606:4700::5efe:127.0.0.1",
        "2606:4700:0:0:200:5efe:8.8.8.8",
    };
    for (size_t i = 0; i < SP_COUNT(texts); i++)
        expect_kind(texts[i], "an IPv4 address inside");
    /* One bit beside the marks, and it is an address like any other. */
    expect_public("2606:4700::4000:5efe:127.0.0.1");
    expect_public("2606:4700::5eff:127.0.0.1");
}

static bool hides(const char *text)
{
    const struct place place = place_of(text);
    return sp_address_is_metadata(&place.address.any, place.length);
}

static void metadata_in_every_form(void **state)
{
    static const char *const texts[] = {
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fe80::a9fe:a9fe",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "2002:a9fe:a9fe::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "::ffff:0:169.254.169.254",
        "2001:0:1:2:3:4:5601:5601",
        "2606:4700::5efe:169.254.169.254",
    };
    for (size_t i = 0; i < SP_COUNT(texts); i++) {
        if (!hides(texts[i]))
            fail_msg("%s is an address of metadata", texts[i]);
        assert_non_null(kind_of(texts[i]));
    }
    static const char *const others[] = {
        "169.254.169.253", "127.0.0.1", "fd00:ec2::255", "10.0.0.1", "2606:4700::a9fe:a9fe", "::1"};
    for (size_t i = 0; i < SP_COUNT(others); i++)
        assert_false(hides(others[i]));
}

static void other_families_are_not_public(void **state)
{
    struct sockaddr_storage address = {.ss_family = AF_UNIX};
    const char *kind = NULL;
    assert_false(sp_address_is_public((struct sockaddr *)&address, sizeof address, &kind));
    assert_non_null(kind);
    /* Nor is an address that is cut off. */
    const struct place place = place_of("8.8.8.8");
    kind = NULL;
    assert_false(sp_address_is_public(&place.address.any, place.length - 1, &kind));
    assert_non_null(kind);
    assert_false(sp_address_is_metadata((struct sockaddr *)&address, sizeof address));
}

static void texts_of_addresses(void **state)
{
    char text[SP_ADDRESS_TEXT_BYTES];
    struct place place = place_of("192.168.1.7");
    assert_string_equal(sp_address_text(text, &place.address.any, place.length), "192.168.1.7");
    place = place_of("FE80::0:1");
    assert_string_equal(sp_address_text(text, &place.address.any, place.length), "fe80::1");
    place.address.any.sa_family = AF_UNIX;
    assert_string_equal(sp_address_text(text, &place.address.any, place.length), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_ipv4),
        cmocka_unit_test(blocks_of_ipv6),
        cmocka_unit_test(carriers_of_ipv4),
        cmocka_unit_test(metadata_in_every_form),
        cmocka_unit_test(other_families_are_not_public),
        cmocka_unit_test(texts_of_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
