/* Type 2 charstrings: operators by their effect on the stack, and nothing more. */
#include "text/font_charstring.h"

/* Bounds of the format (TN 5177, appendix B), and of steps: outlines of the largest have 10,000. */
#define STACK_MAX 48
#define DEPTH_MAX 10
#define STEPS_MAX 1000000

/* Operators (TN 5177, appendix A). */
enum {
    OP_HSTEM = 1,
    OP_VSTEM = 3,
    OP_CALLSUBR = 10,
    OP_RETURN = 11,
    OP_ESCAPE = 12,
    OP_ENDCHAR = 14,
    OP_HSTEMHM = 18,
    OP_HINTMASK = 19,
    OP_CNTRMASK = 20,
    OP_VSTEMHM = 23,
    OP_SHORT = 28,
    OP_CALLGSUBR = 29,
    OP_HFLEX = 34, /* after the escape; the four flexes are the last */
    OP_FLEX1 = 37,
    OP_FIXED = 255
};

struct follower {
    const struct sp_cff_index *global, *local;
    uint64_t *called;
    size_t global_bit, local_bit;
    struct sp_cff_span frames[DEPTH_MAX + 1]; /* what is left of each caller */
    unsigned depth;
    int32_t stack[STACK_MAX];
    unsigned count;
    unsigned stems;
    bool ended;
};

static bool push(struct follower *follower, int32_t value)
{
    if (follower->count == STACK_MAX)
        return false;
    follower->stack[follower->count++] = value;
    return true;
}

/* Reads a number that begins with `first`, which has been read. */
static bool follow_number(struct follower *follower, struct sp_cff_span *rest, unsigned first)
{
    const unsigned char *b = rest->bytes;
    const size_t more = first == OP_SHORT ? 2 : first == OP_FIXED ? 4 : first < 247 ? 0 : 1;
    if (more > rest->length)
        return false;
    int32_t value;
    if (first == OP_SHORT || first == OP_FIXED)
        value = (int16_t)(uint16_t)(b[0] << 8 | b[1]);
    else if (first < 247)
        value = (int32_t)first - 139;
    else if (first < 251)
        value = ((int32_t)first - 247) * 256 + b[0] + 108;
    else
        value = -((int32_t)first - 251) * 256 - b[0] - 108;
    rest->bytes += more;
    rest->length -= more;
    return push(follower, value);
}

/* Enters the subroutine whose number is on the stack, less a bias (TN 5177, 4.7). */
static bool follow_call(struct follower *follower, const struct sp_cff_index *index, size_t bit)
{
    if (follower->count == 0 || follower->depth == DEPTH_MAX)
        return false;
    const int32_t bias = index->count < 1240 ? 107 : index->count < 33900 ? 1131 : 32768;
    const int32_t number = follower->stack[--follower->count] + bias;
    struct sp_cff_span subr;
    if (number < 0 || !sp_cff_index_get(index, (uint32_t)number, &subr))
        return false;
    bit += (size_t)number;
    follower->called[bit / 64] |= UINT64_C(1) << (bit % 64);
    follower->frames[++follower->depth] = subr;
    return true;
}

static bool follow_mask(struct follower *follower, struct sp_cff_span *rest)
{
    follower->stems += follower->count / 2;
    follower->count = 0;
    const size_t bytes = ((size_t)follower->stems + 7) / 8;
    if (bytes > rest->length)
        return false;
    rest->bytes += bytes;
    rest->length -= bytes;
    return true;
}

static bool follow_escape(struct follower *follower, struct sp_cff_span *rest)
{
    if (rest->length == 0 || rest->bytes[0] < OP_HFLEX || rest->bytes[0] > OP_FLEX1)
        return false;
    rest->bytes++;
    rest->length--;
    follower->count = 0;
    return true;
}

static bool follow_operator(struct follower *follower, struct sp_cff_span *rest, unsigned op)
{
    switch (op) {
    case OP_HSTEM:
    case OP_VSTEM:
    case OP_HSTEMHM:
    case OP_VSTEMHM:
        follower->stems += follower->count / 2;
        follower->count = 0;
        return true;
    case OP_HINTMASK:
    case OP_CNTRMASK:
        return follow_mask(follower, rest);
    case OP_CALLSUBR:
        return follow_call(follower, follower->local, follower->local_bit);
    case OP_CALLGSUBR:
        return follow_call(follower, follower->global, follower->global_bit);
    case OP_RETURN:
        follower->ended = follower->depth == 0;
        follower->depth -= follower->depth > 0;
        return true;
    case OP_ENDCHAR: /* with four numbers it composes an accented letter */
        follower->ended = true;
        return follower->count < 4;
    case OP_ESCAPE:
        return follow_escape(follower, rest);
    case 0:
    case 2:
    case 9:
    case 13:
    case 15:
    case 16:
    case 17:
        return false;
    default: /* draws, and clears the stack */
        follower->count = 0;
        return true;
    }
}

bool sp_charstring_follow(struct sp_cff_span outline, const struct sp_cff_index *global,
                          const struct sp_cff_index *local, uint64_t *called, size_t global_bit,
                          size_t local_bit)
{
    struct follower follower = {.global = global,
                                .local = local,
                                .called = called,
                                .global_bit = global_bit,
                                .local_bit = local_bit,
                                .frames = {outline}};
    for (unsigned steps = 0; steps < STEPS_MAX && !follower.ended; steps++) {
        struct sp_cff_span *rest = &follower.frames[follower.depth];
        if (rest->length == 0) { /* some fonts leave out the last return or endchar */
            if (follower.depth == 0)
                return true;
            follower.depth--;
            continue;
        }
        const unsigned first = *rest->bytes++;
        rest->length--;
        const bool number = first == OP_SHORT || first >= 32;
        if (!(number ? follow_number(&follower, rest, first)
                     : follow_operator(&follower, rest, first)))
            return false;
    }
    return follower.ended;
}
