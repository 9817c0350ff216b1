/*
 * Reads the QR code of every cell of rendered sheets, with readers that are not ours.
 *
 *     pdftoppm -gray -r 200 codes.pdf | read_cells --page 210000x297000 --grid 5x6 > cells.tsv
 *
 * Pages come as binary 8-bit PGM, one after another, from the files named or from standard input.
 * Each page is cut into its cells, row by row, and each cell is read alone, because readers miss
 * codes on a page of thirty that they read without fail one by one. For each cell one line:
 *
 *     page TAB row TAB column TAB text [TAB text of the second reader]
 *
 * Pages, rows and columns count from 1. A cell in which nothing was read has \N for its text, and
 * one with two codes has the text of both with \+ between them. In texts, backslash, tab, line feed
 * and carriage return are written \\ \t \n \r, and other control characters \xHH.
 *
 * One page is in memory at a time. Exit status: 0 done, 2 usage, 3 what came is not such a PGM.
 */
#include <zbar.h> /* before ZXing, whose macros spoil its names */

#define ZX_USE_UTF8 1
#include <ZXing/DecodeHints.h>
#include <ZXing/ReadBarcode.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <getopt.h>
#include <stdexcept>
#include <string>
#include <vector>

using namespace zbar;

namespace
{

/* More than 100 megapixels is no page of labels but a mistake. */
const long PAGE_PIXELS_MAX = 100L * 1000 * 1000;

struct geometry {
    long page_um[2] = {210000, 297000}; /* width, height */
    long margin_um[4] = {0, 0, 0, 0};   /* top, right, bottom, left */
    long gap_um[2] = {0, 0};            /* between columns, between rows */
    long grid[2] = {5, 6};              /* columns, rows */
};

struct options {
    geometry layout;
    bool zxing = true;
    bool zbar = false;
    bool rate = false;
    long first_page = 1;
};

struct image {
    int width = 0;
    int height = 0;
    std::vector<unsigned char> grey; /* row by row, 255 is white */
};

/* A rectangle of pixels; right and bottom are outside it. */
struct box {
    int left, top, right, bottom;
};

/* ---------------------------------------------------------------------------------- pages */

/* One number of a PGM header, after white space and comments. Takes the byte behind it too. */
int header_number(FILE *in)
{
    int c = getc(in);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '#') {
        if (c == '#')
            while (c != '\n' && c != EOF)
                c = getc(in);
        c = getc(in);
    }
    long value = 0;
    if (c < '0' || c > '9')
        throw std::runtime_error("the PGM header has no number where one is due");
    for (; c >= '0' && c <= '9'; c = getc(in))
        if ((value = value * 10 + (c - '0')) > PAGE_PIXELS_MAX)
            throw std::runtime_error("the PGM header has a number that is too big");
    return static_cast<int>(value);
}

/* The next page of a stream of PGMs; false at its end. */
bool read_page(FILE *in, image &page)
{
    const int first = getc(in);
    if (first == EOF)
        return false;
    if (first != 'P' || getc(in) != '5')
        throw std::runtime_error("this is not a binary PGM (P5)");
    page.width = header_number(in);
    page.height = header_number(in);
    if (header_number(in) != 255)
        throw std::runtime_error("the PGM does not have 8 bits a pixel");
    const long pixels = static_cast<long>(page.width) * page.height;
    if (pixels == 0 || pixels > PAGE_PIXELS_MAX)
        throw std::runtime_error("the PGM is empty or larger than 100 megapixels");
    page.grey.resize(static_cast<size_t>(pixels));
    if (fread(page.grey.data(), 1, page.grey.size(), in) != page.grey.size())
        throw std::runtime_error("the PGM is shorter than its header says");
    return true;
}

/* The pixels of a cell, with those it shares with a neighbour. */
box cell_box(const geometry &g, const image &page, long row, long column)
{
    const long index[2] = {column, row};
    const long before[2] = {g.margin_um[3], g.margin_um[0]};
    const long after[2] = {g.margin_um[1], g.margin_um[2]};
    const long pixels[2] = {page.width, page.height};
    long from[2], to[2];
    for (int i = 0; i < 2; i++) {
        const long room = g.page_um[i] - before[i] - after[i] - g.gap_um[i] * (g.grid[i] - 1);
        const long gaps = before[i] + index[i] * g.gap_um[i];
        const long start = gaps + room * index[i] / g.grid[i];
        const long end = gaps + room * (index[i] + 1) / g.grid[i];
        from[i] = start * pixels[i] / g.page_um[i];
        to[i] = (end * pixels[i] + g.page_um[i] - 1) / g.page_um[i];
    }
    return {static_cast<int>(from[0]), static_cast<int>(from[1]), static_cast<int>(to[0]),
            static_cast<int>(to[1])};
}

void crop(const image &page, const box &b, image &cell)
{
    cell.width = b.right - b.left;
    cell.height = b.bottom - b.top;
    cell.grey.resize(static_cast<size_t>(cell.width) * cell.height);
    for (int y = 0; y < cell.height; y++)
        memcpy(&cell.grey[static_cast<size_t>(y) * cell.width],
               &page.grey[static_cast<size_t>(b.top + y) * page.width + b.left],
               static_cast<size_t>(cell.width));
}

/* -------------------------------------------------------------------------------- readers */

void add_escaped(std::string &out, const std::string &text)
{
    for (const char c : text) {
        char hex[5];
        if (c == '\\')
            out += "\\\\";
        else if (c == '\t')
            out += "\\t";
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            snprintf(hex, sizeof hex, "\\x%02X", static_cast<unsigned>(c));
            out += hex;
        } else
            out += c;
    }
}

void add_code(std::string &out, const std::string &text)
{
    if (!out.empty())
        out += "\\+";
    add_escaped(out, text);
}

class zxing_reader
{
  public:
    zxing_reader()
    {
        /* Pages are upright and have two colours, so most codes are read by the quick look. */
        quick.setFormats(ZXing::BarcodeFormat::QRCode).setTryHarder(false).setTryRotate(false);
        quick.setTryDownscale(false).setBinarizer(ZXing::Binarizer::FixedThreshold);
        quick.setCharacterSet("UTF8");
        careful.setFormats(ZXing::BarcodeFormat::QRCode).setCharacterSet("UTF8");
    }
    std::string read(const image &cell) const
    {
        std::string text = read_with(cell, quick);
        return text.empty() ? read_with(cell, careful) : text;
    }

  private:
    ZXing::DecodeHints quick;
    ZXing::DecodeHints careful;

    static std::string read_with(const image &cell, const ZXing::DecodeHints &hints)
    {
        const ZXing::ImageView view(cell.grey.data(), cell.width, cell.height,
                                    ZXing::ImageFormat::Lum);
        std::string out;
        for (const auto &code : ZXing::ReadBarcodes(view, hints))
            if (code.isValid())
                add_code(out, code.text());
        return out;
    }
};

class zbar_reader
{
  public:
    zbar_reader() : scanner(zbar_image_scanner_create()), picture(zbar_image_create())
    {
        if (scanner == nullptr || picture == nullptr)
            throw std::runtime_error("ZBar could not be started");
        zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
        zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
        /* Bytes as they are in the code: guessing at their character set is not what we test. */
        zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
        zbar_image_set_format(picture, zbar_fourcc('Y', '8', '0', '0'));
    }
    ~zbar_reader()
    {
        zbar_image_destroy(picture);
        zbar_image_scanner_destroy(scanner);
    }
    zbar_reader(const zbar_reader &) = delete;
    zbar_reader &operator=(const zbar_reader &) = delete;

    std::string read(const image &cell)
    {
        std::string out;
        zbar_image_set_size(picture, static_cast<unsigned>(cell.width),
                            static_cast<unsigned>(cell.height));
        zbar_image_set_data(picture, cell.grey.data(), cell.grey.size(), nullptr);
        if (zbar_scan_image(scanner, picture) <= 0)
            return out;
        for (const zbar_symbol_t *code = zbar_image_first_symbol(picture); code != nullptr;
             code = zbar_symbol_next(code))
            add_code(out,
                     std::string(zbar_symbol_get_data(code), zbar_symbol_get_data_length(code)));
        return out;
    }

  private:
    zbar_image_scanner_t *scanner;
    zbar_image_t *picture;
};

/* ---------------------------------------------------------------------------------- cells */

struct tally {
    long cells = 0;
    long read = 0; /* by every reader asked */
};

class cell_reader
{
  public:
    explicit cell_reader(const options &options) : asked(options), page_number(options.first_page)
    {
    }

    void read_stream(FILE *in)
    {
        while (read_page(in, page)) {
            for (long row = 0; row < asked.layout.grid[1]; row++)
                for (long column = 0; column < asked.layout.grid[0]; column++)
                    read_cell(row, column);
            /* A reader at the other end of a pipe gets each page as soon as it is done. */
            if (fflush(stdout) != 0)
                throw std::runtime_error("standard output could not be written");
            page_number++;
        }
    }
    tally count;

  private:
    const options &asked;
    long page_number;
    image page, cell;
    zxing_reader zxing;
    zbar_reader zbar;

    void read_cell(long row, long column)
    {
        bool all = true;
        crop(page, cell_box(asked.layout, page, row, column), cell);
        printf("%ld\t%ld\t%ld", page_number, row + 1, column + 1);
        if (asked.zxing)
            all &= print(zxing.read(cell));
        if (asked.zbar)
            all &= print(zbar.read(cell));
        putchar('\n');
        count.cells++;
        count.read += all;
    }

    static bool print(const std::string &text)
    {
        putchar('\t');
        fwrite(text.empty() ? "\\N" : text.data(), 1, text.empty() ? 2 : text.size(), stdout);
        return !text.empty();
    }
};

/* -------------------------------------------------------------------------------- options */

const char USAGE[] =
    "usage: read_cells [options] [FILE.pgm ...]\n"
    "  --page WxH            page size in micrometres (210000x297000)\n"
    "  --margins T,R,B,L     margins in micrometres, or one for all (0)\n"
    "  --grid CxR            columns and rows (5x6)\n"
    "  --gaps X,Y            between columns and between rows, in micrometres (0,0)\n"
    "  --reader zxing|zbar|both\n"
    "  --first-page N        the number of the first page (1)\n"
    "  --rate                say on standard error how fast it went\n";

[[noreturn]] void usage(const char *what)
{
    fprintf(stderr, "read_cells: %s\n%s", what, USAGE);
    exit(2);
}

/* Fills up to `count` numbers divided by `mark`; returns how many there were. */
int numbers(const char *text, char mark, long *values, int count)
{
    for (int i = 0; i < count; i++) {
        char *end;
        values[i] = strtol(text, &end, 10);
        if (end == text || values[i] < 0 || values[i] > 100000000)
            return 0;
        if (*end == '\0')
            return i + 1;
        if (*end != mark)
            return 0;
        text = end + 1;
    }
    return 0;
}

void check_layout(const geometry &g)
{
    for (int i = 0; i < 2; i++) {
        if (g.page_um[i] < 1 || g.grid[i] < 1 || g.grid[i] > 1000)
            usage("the page is at least 1 um, the grid 1 to 1000 cells a side");
        const long lost = g.margin_um[i] + g.margin_um[i + 2]; /* top + bottom, right + left */
        if (g.page_um[1 - i] - lost - g.gap_um[1 - i] * (g.grid[1 - i] - 1) < g.grid[1 - i])
            usage("margins and gaps leave no room for cells");
    }
}

void set_option(options &o, int key, const char *value)
{
    geometry &g = o.layout;
    const std::string word = value == nullptr ? "" : value;
    int found = 0;
    switch (key) {
    case 'p':
        if (numbers(value, 'x', g.page_um, 2) != 2)
            usage("--page wants WIDTHxHEIGHT in micrometres");
        break;
    case 'm':
        if ((found = numbers(value, ',', g.margin_um, 4)) == 1)
            g.margin_um[1] = g.margin_um[2] = g.margin_um[3] = g.margin_um[0];
        else if (found != 4)
            usage("--margins wants one number or TOP,RIGHT,BOTTOM,LEFT in micrometres");
        break;
    case 'g':
        if (numbers(value, 'x', g.grid, 2) != 2)
            usage("--grid wants COLUMNSxROWS");
        break;
    case 's':
        if (numbers(value, ',', g.gap_um, 2) != 2)
            usage("--gaps wants X,Y in micrometres");
        break;
    case 'r':
        o.zxing = word == "zxing" || word == "both";
        o.zbar = word == "zbar" || word == "both";
        if (!o.zxing && !o.zbar)
            usage("--reader is zxing, zbar or both");
        break;
    case 'f':
        if (numbers(value, ' ', &o.first_page, 1) != 1)
            usage("--first-page wants a number");
        break;
    case 't':
        o.rate = true;
        break;
    default:
        usage("there is no such option");
    }
}

/* Returns the index of the first file. */
int read_options(options &o, int argc, char **argv)
{
    static const struct option known[] = {
        {"page", required_argument, nullptr, 'p'},
        {"margins", required_argument, nullptr, 'm'},
        {"grid", required_argument, nullptr, 'g'},
        {"gaps", required_argument, nullptr, 's'},
        {"reader", required_argument, nullptr, 'r'},
        {"first-page", required_argument, nullptr, 'f'},
        {"rate", no_argument, nullptr, 't'},
        {nullptr, 0, nullptr, 0},
    };
    for (int key; (key = getopt_long(argc, argv, "", known, nullptr)) != -1;)
        set_option(o, key, optarg);
    check_layout(o.layout);
    return optind;
}

void read_files(cell_reader &reader, char **names)
{
    if (*names == nullptr) {
        reader.read_stream(stdin);
        return;
    }
    for (; *names != nullptr; names++) {
        FILE *in = fopen(*names, "rb");
        if (in == nullptr)
            throw std::runtime_error(std::string(*names) + " cannot be opened");
        reader.read_stream(in);
        fclose(in);
    }
}

} // namespace

int main(int argc, char **argv)
{
    options options;
    const int first_file = read_options(options, argc, argv);
    try {
        cell_reader reader(options);
        read_files(reader, argv + first_file);
        const double seconds = static_cast<double>(clock()) / CLOCKS_PER_SEC;
        if (options.rate)
            fprintf(stderr, "%ld of %ld cells read, %.0f cells a CPU second\n", reader.count.read,
                    reader.count.cells, static_cast<double>(reader.count.cells) / seconds);
    } catch (const std::exception &error) {
        fflush(stdout);
        fprintf(stderr, "read_cells: %s\n", error.what());
        return 3;
    }
    return 0;
}
