#include <zbar.h> /* before ZXing, whose macros spoil its names */

#define ZX_USE_UTF8 1
#include <ZXing/ReadBarcode.h>

#include "support/read_qr.h"

#include <cstdint>
#include <cstring>

int sp_read_qr_draw(const struct sp_matrix *modules, unsigned char *grey)
{
    const int side = SP_READ_QR_SIDE(static_cast<int>(modules->size));
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            const bool dark = sp_matrix_get(modules, x / SP_READ_QR_PIXELS - SP_READ_QR_QUIET,
                                            y / SP_READ_QR_PIXELS - SP_READ_QR_QUIET);
            grey[static_cast<size_t>(y) * side + x] = dark ? 0 : 255;
        }
    }
    return side;
}

static size_t give(const void *from, size_t length, char *text, size_t capacity)
{
    if (length > capacity)
        return SIZE_MAX;
    if (length > 0)
        std::memcpy(text, from, length);
    return length;
}

static ZXing::Results zxing(const unsigned char *grey, int width, int height)
{
    const ZXing::ImageView view(grey, width, height, ZXing::ImageFormat::Lum);
    ZXing::DecodeHints hints;
    hints.setFormats(ZXing::BarcodeFormat::QRCode);
    hints.setCharacterSet("UTF8");
    return ZXing::ReadBarcodes(view, hints);
}

size_t sp_read_qr_zxing(const unsigned char *grey, int width, int height, char *text,
                        size_t capacity)
{
    const ZXing::Results results = zxing(grey, width, height);
    if (results.size() != 1)
        return SIZE_MAX;
    const std::string found = results[0].text();
    return give(found.data(), found.size(), text, capacity);
}

size_t sp_read_qr_zxing_bytes(const unsigned char *grey, int width, int height, char *bytes,
                              size_t capacity)
{
    const ZXing::Results results = zxing(grey, width, height);
    if (results.size() != 1)
        return SIZE_MAX;
    const ZXing::ByteArray &found = results[0].bytes();
    return give(found.data(), found.size(), bytes, capacity);
}

static size_t zbar_read(const unsigned char *grey, int width, int height, char *text,
                        size_t capacity, bool binary)
{
    zbar::ImageScanner scanner;
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    if (binary)
        scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_BINARY, 1);
    zbar::Image image(static_cast<unsigned>(width), static_cast<unsigned>(height), "Y800", grey,
                      static_cast<unsigned long>(width) * static_cast<unsigned long>(height));
    if (scanner.scan(image) != 1)
        return SIZE_MAX;
    const std::string found = image.symbol_begin()->get_data();
    return give(found.data(), found.size(), text, capacity);
}

size_t sp_read_qr_zbar(const unsigned char *grey, int width, int height, char *text,
                       size_t capacity)
{
    return zbar_read(grey, width, height, text, capacity, false);
}

size_t sp_read_qr_zbar_bytes(const unsigned char *grey, int width, int height, char *bytes,
                             size_t capacity)
{
    return zbar_read(grey, width, height, bytes, capacity, true);
}
