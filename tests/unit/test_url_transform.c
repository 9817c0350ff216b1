/* Addresses of smaller photos: where the wish goes, and which addresses are left alone. */
#include "support/unit.h"

#include "support/exact_arena.h"

#include "base/num.h"
#include "fetch/url_transform.h"

#include <string.h>

#define C  "https://res.cloudinary.com/demo/image/upload/"
#define CW "c_limit,w_1200,h_1200,q_80,f_jpg/"
#define I  "https://acme.imgix.net/"
#define IW "fit=max&w=1200&h=1200"

struct example {
    const char *from, *to; /* null: left alone */
};

static void check(const struct sp_url_rules *rules, const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char out[512] = "";
        const bool changed = sp_url_transform(rules, examples[i].from, 1200, 80, out, sizeof out);
        if (changed != (examples[i].to != NULL) || (changed && strcmp(out, examples[i].to) != 0))
            fail_msg("%s became %s, and %s is due", examples[i].from, changed ? out : "nothing",
                     examples[i].to ? examples[i].to : "nothing");
    }
}

static void cloudinary(void **state)
{
    static const struct example examples[] = {
        {C "sample.jpg", C CW "sample.jpg"},
        {C "v1712345678/visit/door.jpg", C CW "v1712345678/visit/door.jpg"},
        {C "visit/2024/door.png?_a=1#top", C CW "visit/2024/door.png?_a=1"},
        /* Behind what is there already, so that it is seen as it was meant. */
        {C "e_sepia/v1/a.jpg", C "e_sepia/" CW "v1/a.jpg"},
        {C "a_90,e_sharpen:50/l_logo,g_south/a.jpg",
         C "a_90,e_sharpen:50/l_logo,g_south/" CW "a.jpg"},
        {C "$size_10/t_plain/v1/f/a.jpg", C "$size_10/t_plain/" CW "v1/f/a.jpg"},
        {C "/b.jpg", C CW "/b.jpg"},
        {C "visit_a/b.jpg", C CW "visit_a/b.jpg"},
        {C "v2x/b.jpg", C CW "v2x/b.jpg"},
        {"http://RES.Cloudinary.com:8080/d/image/upload/a.jpg",
         "http://RES.Cloudinary.com:8080/d/image/upload/" CW "a.jpg"},
        {"https://acme-res.cloudinary.com/image/upload/v1/a.jpg",
         "https://acme-res.cloudinary.com/image/upload/" CW "v1/a.jpg"},
        /* A customer's own name, told by the version. */
        {"https://img.acme.test/image/upload/v1/a.jpg",
         "https://img.acme.test/image/upload/" CW "v1/a.jpg"},
        {"https://img.acme.test/image/upload/a.jpg", NULL},
        {"https://img.acme.test/image/upload/v/a.jpg", NULL},
        /* Shaped by their author, or signed. */
        {C "w_100/a.jpg", NULL},
        {C "c_fill,h_100/v1/a.jpg", NULL},
        {C "e_sepia/c_thumb,w_90,g_face/v1/a.jpg", NULL},
        {C "s--Ab3dEf9h--/v1/a.jpg", NULL},
        {C "s--Ab3dEf9h--/e_sepia/v1/a.jpg", NULL},
        /* Not photos of this kind at all. */
        {C, NULL},
        {C "v1/", NULL},
        {"https://res.cloudinary.com/demo/video/upload/v1/a.mp4", NULL},
        {"https://res.cloudinary.com/demo/a.jpg?x=/image/upload/v1/b.jpg", NULL},
        {"https://res.cloudinary.com.evil.test/d/image/upload/a.jpg", NULL},
        {"https://me@res.cloudinary.com/d/image/upload/a.jpg", NULL},
        {"ftp://res.cloudinary.com/d/image/upload/a.jpg", NULL},
        {"res.cloudinary.com/d/image/upload/a.jpg", NULL},
        {"", NULL},
    };
    check(NULL, examples, SP_COUNT(examples));
}

static void imgix(void **state)
{
    static const struct example examples[] = {
        {I "a.jpg", I "a.jpg?" IW "&q=80&fm=jpg"},
        {I "a.jpg?", I "a.jpg?" IW "&q=80&fm=jpg"},
        {I "a.jpg?auto=enhance&mark=x#top", I "a.jpg?auto=enhance&mark=x&" IW "&q=80&fm=jpg"},
        {I "a.jpg?q=40", I "a.jpg?q=40&" IW "&fm=jpg"},
        {I "a.jpg?fm=png&q=9", I "a.jpg?fm=png&q=9&" IW},
        {I "a.jpg?width=9&sat=-100", I "a.jpg?width=9&sat=-100&" IW "&q=80&fm=jpg"},
        {"http://ACME.IMGIX.NET:81/a", "http://ACME.IMGIX.NET:81/a?" IW "&q=80&fm=jpg"},
        {I "a.jpg?w=300", NULL},
        {I "a.jpg?x=1&h=300", NULL},
        {I "a.jpg?fit=crop", NULL},
        {I "a.jpg?ar=1:1", NULL},
        {I "a.jpg?dpr=2", NULL},
        {I "a.jpg?crop=faces", NULL},
        {I "a.jpg?s=0123456789abcdef0123456789abcdef", NULL},
        {I "a.jpg?expires=1&s=0123", NULL},
        {I "a.jpg?w", NULL},
        {I, NULL},
        {I "image/upload/v1/a.jpg?w=1", NULL},
        {"https://imgix.net.evil.test/a.jpg", NULL},
        {"https://notimgix.net/a.jpg", NULL},
        {"https://example.org/a.jpg", NULL},
    };
    check(NULL, examples, SP_COUNT(examples));
}

static struct sp_url_rules *open_rules(struct sp_arena *arena, const struct sp_url_rule *from,
                                       size_t count)
{
    struct sp_url_rules *rules = NULL;
    struct sp_err err = {0};
    exact_arena_open(arena, sp_url_rules_need(count));
    assert_int_equal(sp_url_rules_init(&rules, arena, from, count, &err), SP_OK);
    exact_arena_seal(arena);
    return rules;
}

static void rules_of_a_theme(void **state)
{
    static const struct sp_url_rule from[] = {
        {"(https?)://thumbs\\.test/(.*)", "$1://thumbs.test/fit-in/{width}x{width}/"
                                          "filters:quality({quality})/$2"},
        {"https://proxied\\.test/(([a-z]+)/)?(.+)", "https://proxy.test/$2-$3$$9{quality}${width}"},
        {"https://down\\.test/.*", "http://down.test/"},
        {"https://gone\\.test/.*", ""},
        {"https://same\\.test/(.*)", "https://same.test/$1"},
        {"https://other\\.test/.*", "file:///etc/passwd"},
        {"res\\.cloudinary\\.com", "https://part.test/"},
        {"https://first\\.imgix\\.net/.*", "https://first.imgix.net/mine"},
        {"https://first\\.imgix\\.net/a", "https://first.imgix.net/never"},
    };
    static const struct example examples[] = {
        {"http://thumbs.test/a/b.jpg",
         "http://thumbs.test/fit-in/1200x1200/filters:quality(80)/a/b.jpg"},
        {"https://proxied.test/x/y", "https://proxy.test/x-y$80$1200"},
        {"https://proxied.test/Y", "https://proxy.test/-Y$80$1200"},
        {"https://down.test/a", NULL}, /* https stays https */
        {"https://gone.test/a", NULL},
        {"https://same.test/a", NULL},
        {"https://other.test/a", NULL},
        {C "a.jpg", C CW "a.jpg"}, /* a rule is for the whole address */
        {"https://first.imgix.net/a", "https://first.imgix.net/mine"},
        {"https://nobody.test/a", NULL},
    };
    struct sp_arena arena;
    struct sp_url_rules *rules = open_rules(&arena, from, SP_COUNT(from));
    check(rules, examples, SP_COUNT(examples));
    sp_url_rules_finish(rules);
    sp_arena_close(&arena);
}

static void what_does_not_fit_is_no_address(void **state)
{
    static const char from[] = C "a.jpg";
    static const char to[] = C CW "a.jpg";
    char out[sizeof to + 1];
    for (size_t capacity = 1; capacity <= sizeof to; capacity++) {
        memset(out, '!', sizeof out);
        assert_int_equal(sp_url_transform(NULL, from, 1200, 80, out, capacity),
                         capacity == sizeof to);
        assert_int_equal(out[capacity], '!');
    }
    assert_string_equal(out, to);
}

static void expect_no_rule(const char *match, const char *words)
{
    const struct sp_url_rule rules[] = {{"https://good\\.test/.*", "https://a.test/"},
                                        {match, "https://b.test/"}};
    struct sp_url_rules *made = NULL;
    struct sp_arena arena;
    struct sp_err err = {0};
    exact_arena_open(&arena, sp_url_rules_need(2));
    assert_int_equal(sp_url_rules_init(&made, &arena, rules, 2, &err), SP_BAD_SPEC);
    assert_null(made);
    if (!strstr(err.text, words) || !strstr(err.text, "rule 2"))
        fail_msg("%s: %s", match, err.text);
    sp_arena_part_end(&arena);
    sp_arena_close(&arena);
}

static void patterns_that_cannot_be_bounded(void **state)
{
    char pattern[SP_URL_PATTERN_MAX + 1];
    expect_no_rule("(", "is none");
    expect_no_rule("[a", "is none");
    expect_no_rule("(a*)\\1", "refers back");
    expect_no_rule("\\\\(a)\\1", "refers back");
    expect_no_rule("a{1,257}", "repeats");
    expect_no_rule("((a{9}){9}){9}", "repeats");
    expect_no_rule("a{99999999999999999999999}", "repeats");
    memset(pattern, 'a', sizeof pattern - 1);
    pattern[SP_URL_PATTERN_MAX] = '\0';
    expect_no_rule(pattern, "bytes");
}

static void patterns_at_the_bounds(void **state)
{
    char pattern[SP_URL_PATTERN_MAX];
    memset(pattern, 'a', sizeof pattern - 1);
    pattern[SP_URL_PATTERN_MAX - 1] = '\0';
    const struct sp_url_rule rules[] = {{pattern, "https://a.test/"},
                                        {"a{1,256}", "https://a.test/"},
                                        {"(a{16}){16}", "https://a.test/"},
                                        {"\\\\1\\.[{]9", "https://a.test/"}};
    struct sp_arena arena;
    sp_url_rules_finish(open_rules(&arena, rules, SP_COUNT(rules)));
    sp_arena_close(&arena);
    sp_url_rules_finish(open_rules(&arena, NULL, 0));
    sp_arena_close(&arena);
    sp_url_rules_finish(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cloudinary),
        cmocka_unit_test(imgix),
        cmocka_unit_test(rules_of_a_theme),
        cmocka_unit_test(what_does_not_fit_is_no_address),
        cmocka_unit_test(patterns_that_cannot_be_bounded),
        cmocka_unit_test(patterns_at_the_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
