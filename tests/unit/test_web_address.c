/* Addresses: one form for all ways to write one, and a sentence for those that are refused. */
#include "support/unit.h"

#include "base/num.h"
#include "fetch/web_address.h"

#include <locale.h>
#include <string.h>

static void many_ways_to_write_an_address(void **state)
{
    static const struct {
        const char *text, *url, *host;
        uint16_t port;
        bool https;
    } examples[] = {
        {"http://a.test/x", "http://a.test/x", "a.test", 80, false},
        {"HTTPS://A.Test.", "https://a.test./", "a.test", 443, true},
        {"http://a.test:8080/x?y#z", "http://a.test:8080/x?y", "a.test", 8080, false},
        {"http://a.test/\xC3\xBC b", "http://a.test/%c3%bc%20b", "a.test", 80, false},
        {"http://m\xC3\xBCll.test/", "http://xn--mll-hoa.test/", "xn--mll-hoa.test", 80, false},
        {"http://0177.0.0.1/", "http://127.0.0.1/", "127.0.0.1", 80, false},
        {"http://2130706433/", "http://127.0.0.1/", "127.0.0.1", 80, false},
        {"http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", 80, false},
        {"http://[::FFFF:127.0.0.1]/", NULL, "::ffff:127.0.0.1", 80, false},
        {"http://[0:0::1]:81/", NULL, "::1", 81, false},
        {"https://a.test:80/", "https://a.test:80/", "a.test", 80, true},
    };
    for (size_t i = 0; i < SP_COUNT(examples); i++) {
        struct sp_web_address address;
        struct sp_err err = {0};
        if (sp_web_address_read(&address, examples[i].text, &err) != SP_OK)
            fail_msg("%s: %s", examples[i].text, err.text);
        /* libcurl keeps the capitals of a host, and IPv6 as it is. */
        if (examples[i].url && strcasecmp(address.url, examples[i].url) != 0)
            fail_msg("%s became %s", examples[i].text, address.url);
        assert_string_equal(address.host, examples[i].host);
        assert_int_equal(address.port, examples[i].port);
        assert_int_equal(address.https, examples[i].https);
    }
}

static void addresses_that_are_refused(void **state)
{
    static const char *const examples[][2] = {
        {"file:///etc/passwd", "`file:`"},
        {"ftp://a.test/", "`ftp:`"},
        {"gopher://a.test:25/", "`gopher:`"},
        {"data:image/png;base64,AA", "`data:`"},
        {"javascript:alert(1)", "`javascript:`"},
        {"httpx://a.test/", "`httpx:`"},
        {"http://me:secret@a.test/", "user name"},
        {"http://me@a.test/", "user name"},
        {"http://a\\@b.test/", "user name"},
        {"a.test/x.jpg", "is not an address"},
        {"//a.test/x.jpg", "is not an address"},
        {"", "is not an address"},
        {"http:", "is not an address"},
        {"http://", "is not an address"},
        {"http://\xFF\xFF.test/", "is not an address"},
        {"http://a.test:0/", "is not an address"},
        {"http://a.test:65536/", "is not an address"},
        {"http://a.test:8x/", "is not an address"},
        {"http://a b.test/", "is not an address"},
        {"http://[::1/", "is not an address"},
        {"http://./", "is not an address"},
        {"http://a.test/\r\nHost: b.test", "is not an address"},
    };
    for (size_t i = 0; i < SP_COUNT(examples); i++) {
        struct sp_web_address address;
        struct sp_err err = {0};
        if (sp_web_address_read(&address, examples[i][0], &err) != SP_BAD_DATA)
            fail_msg("%s was taken for %s", examples[i][0], address.url);
        if (!strstr(err.text, examples[i][1]) || strchr(err.text, '\n'))
            fail_msg("%s: %s", examples[i][0], err.text);
    }
}

static void the_longest_address(void **state)
{
    static char text[SP_WEB_ADDRESS_BYTES + 1] = "http://a.test/";
    static struct sp_web_address address;
    struct sp_err err = {0};
    const size_t head = strlen(text);
    memset(text + head, 'a', SP_WEB_ADDRESS_BYTES - head);
    assert_int_equal(sp_web_address_read(&address, text, &err), SP_BAD_DATA);
    assert_non_null(strstr(err.text, "4095 characters"));
    text[SP_WEB_ADDRESS_BYTES - 1] = '\0';
    assert_int_equal(sp_web_address_read(&address, text, &err), SP_OK);
    assert_string_equal(address.url, text);
    /* Shorter as it is written than as it is sent. */
    memset(text + head, ' ', 2000);
    assert_int_equal(sp_web_address_read(&address, text, &err), SP_BAD_DATA);
}

static void redirects(void **state)
{
    static const struct {
        const char *from, *location, *to; /* null: refused */
    } examples[] = {
        {"http://a.test/x/y?q", "z", "http://a.test/x/z"},
        {"http://a.test/x/y", "/z#top", "http://a.test/z"},
        {"http://a.test/x/y", "../z", "http://a.test/z"},
        {"http://a.test/x/y", "?p", "http://a.test/x/y?p"},
        {"https://a.test/x", "//b.test/y", "https://b.test/y"},
        {"https://a.test/x", "http://b.test/y", "http://b.test/y"},
        {"http://a.test/x", "HTTPS://b.test", "https://b.test/"},
        {"http://a.test/x", "//0x7f.1/", "http://127.0.0.1/"},
        {"http://a.test/x", "file:///etc/passwd", NULL},
        {"http://a.test/x", "File:/etc/passwd", NULL},
        {"http://a.test/x", "data:,x", NULL},
        {"http://a.test/x", "ftp://b.test/", NULL},
        {"http://a.test/x", "//u:p@b.test/", NULL},
        {"http://a.test/x", "http://u@b.test/", NULL},
        {"http://a.test/x", "http://b.test:x/", NULL},
    };
    for (size_t i = 0; i < SP_COUNT(examples); i++) {
        struct sp_web_address address;
        struct sp_err err = {0};
        assert_int_equal(sp_web_address_read(&address, examples[i].from, &err), SP_OK);
        const enum sp_status status = sp_web_address_follow(&address, examples[i].location, &err);
        assert_int_equal(status, examples[i].to ? SP_OK : SP_BAD_DATA);
        if (examples[i].to)
            assert_string_equal(address.url, examples[i].to);
    }
}

static void ports(void **state)
{
    static const uint16_t allowed[] = {80, 443, 1024, 3000, 8000, 8080, 8443, 9000, 49152, 65535};
    static const uint16_t refused[] = {0,    1,    21,   22,   25,   79,    81,   110,
                                       143,  442,  444,  465,  587,  1023,  1719, 2049,
                                       5060, 6000, 6379, 6667, 9100, 10080, 11211};
    for (size_t i = 0; i < SP_COUNT(allowed); i++)
        assert_true(sp_web_port_is_allowed(allowed[i]));
    for (size_t i = 0; i < SP_COUNT(refused); i++)
        assert_false(sp_web_port_is_allowed(refused[i]));
}

static void hosts_to_permit(void **state)
{
    static const struct {
        const char *text, *host; /* null: none */
        uint16_t port;
    } examples[] = {
        {"Photos.Example.ORG", "photos.example.org", 0},
        {"localhost:8080", "localhost", 8080},
        {"localhost.", "localhost", 0},
        {"M\xC3\x9CLL.test", "xn--mll-hoa.test", 0},
        {"192.168.1.7:80", "192.168.1.7", 80},
        {"0xC0A80107", "192.168.1.7", 0},
        {"::1", "::1", 0},
        {"FD00:0::1", "fd00::1", 0},
        {"[::1]", "::1", 0},
        {"[::1]:81", "::1", 81},
        {"", NULL, 0},
        {".", NULL, 0},
        {"a.test:0", NULL, 0},
        {"a.test:", "a.test", 0},
        {"a.test:80x", NULL, 0},
        {"a.test:70000", NULL, 0},
        {"http://a.test", NULL, 0},
        {"a.test/x", NULL, 0},
        {"me@a.test", NULL, 0},
        {"a.test?x", NULL, 0},
        {"a test", NULL, 0},
        {"*.a.test/", NULL, 0},
    };
    for (size_t i = 0; i < SP_COUNT(examples); i++) {
        char host[SP_WEB_HOST_BYTES];
        uint16_t port = 7;
        struct sp_err err = {0};
        const enum sp_status status = sp_web_host_read(host, &port, examples[i].text, &err);
        if (status != (examples[i].host ? SP_OK : SP_BAD_SPEC))
            fail_msg("%s: %s", examples[i].text, status == SP_OK ? host : err.text);
        if (examples[i].host) {
            assert_string_equal(host, examples[i].host);
            assert_int_equal(port, examples[i].port);
        } else {
            assert_non_null(strstr(err.text, "is not a host"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_ways_to_write_an_address),
        cmocka_unit_test(addresses_that_are_refused),
        cmocka_unit_test(the_longest_address),
        cmocka_unit_test(redirects),
        cmocka_unit_test(ports),
        cmocka_unit_test(hosts_to_permit),
    };
    /* As the program does it: host names are UTF-8. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
