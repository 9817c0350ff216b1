/* Which proxy the environment names, for which hosts. */
#include "support/unit.h"

#include "base/num.h"
#include "fetch/fetch_proxy.h"

#include <stdio.h>
#include <string.h>

/* The environment of a test: names and values, ended by a null. */
static const char *const *environment;

static const char *variable(const char *name)
{
    for (size_t i = 0; environment[i]; i += 2)
        if (strcmp(environment[i], name) == 0)
            return environment[i + 1];
    return NULL;
}

static const char *proxy_for(const char *host, bool https)
{
    struct sp_web_address address = {.https = https};
    (void)snprintf(address.host, sizeof address.host, "%s", host);
    return sp_fetch_proxy(&address, variable);
}

static void the_variable_of_the_scheme(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const all[] = {"http_proxy", "h", "https_proxy", "s",
                                      "all_proxy",  "a", NULL};
    static const char *const upper[] = {"HTTP_PROXY", "h", "HTTPS_PROXY", "S", NULL};
    static const char *const rest[] = {"http_proxy", "", "ALL_PROXY", "A", NULL};
    environment = none;
    assert_null(proxy_for("a.test", false));
    environment = all;
    assert_string_equal(proxy_for("a.test", false), "h");
    assert_string_equal(proxy_for("a.test", true), "s");
    environment = upper;
    assert_null(proxy_for("a.test", false)); /* it may come from a header of a request */
    assert_string_equal(proxy_for("a.test", true), "S");
    environment = rest;
    assert_string_equal(proxy_for("a.test", false), "A");
    assert_string_equal(proxy_for("a.test", true), "A");
}

static void hosts_without_one(void **state)
{
    static const char *const listed[] = {"http_proxy", "h", "no_proxy",
                                         "a.test, .B.Test\t10.0.0.1,,[fd00::1],::2", NULL};
    static const char *const every[] = {"http_proxy", "h", "NO_PROXY", " *", NULL};
    static const char *const direct[] = {"a.test",   "x.a.test", "b.test", "x.y.b.test",
                                         "10.0.0.1", "fd00::1",  "::2"};
    static const char *const through[] = {"aa.test",   "test",     "a.test.c", "10.0.0.11",
                                          "110.0.0.1", "fd00::11", "."};
    environment = listed;
    for (size_t i = 0; i < SP_COUNT(direct); i++)
        assert_null(proxy_for(direct[i], false));
    for (size_t i = 0; i < SP_COUNT(through); i++)
        assert_non_null(proxy_for(through[i], false));
    environment = every;
    assert_null(proxy_for("aa.test", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_variable_of_the_scheme),
        cmocka_unit_test(hosts_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
