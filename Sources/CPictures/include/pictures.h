#ifndef TANREN_PICTURES_H
#define TANREN_PICTURES_H

#include <stddef.h>
#include <stdint.h>

// PNG and JPEG pictures in memory, decoded by libpng and libjpeg-turbo and resized as Pillow resizes them.
//
// The two libraries report errors by longjmp, which Swift code must never see: it stays in these functions.

enum tanren_picture_status {
  TANREN_PICTURE_READ = 0,
  // Neither PNG nor JPEG.
  TANREN_PICTURE_UNKNOWN,
  // More pixels than the limit; width and height are set, and nothing was allocated for the pixels.
  TANREN_PICTURE_TOO_LARGE,
  // The bytes end before the picture does.
  TANREN_PICTURE_TRUNCATED,
  // The message says why.
  TANREN_PICTURE_DAMAGED,
  TANREN_PICTURE_NO_MEMORY,
};

struct tanren_picture {
  // Rows from the top without padding; null after reading a header only. Freed by tanren_picture_free.
  uint8_t *pixels;
  // As people see the picture: with EXIF's orientation applied.
  int32_t width;
  int32_t height;
  // Bytes per pixel: 1 for grey; 4 for red, green, blue, and a byte without meaning.
  int32_t channels;
  // Whether the file has no colours.
  int32_t is_grey;
  // Whether the file is a JPEG, otherwise a PNG.
  int32_t is_jpeg;
  // What libpng or libjpeg says of an error.
  char message[200];
};

// Reads width, height and kind.
enum tanren_picture_status tanren_picture_header(
  const uint8_t *bytes, size_t count, int64_t limit, struct tanren_picture *picture);

// Decodes a picture of up to `limit` pixels. Transparent pixels lie on white. 16 bits are rounded to 8. CMYK is taken
// for inverted, as Adobe's programs write it. Colours become grey by Pillow's weights, those of ITU-R 601-2.
// `channels`: 1 for grey, 3 for colours.
enum tanren_picture_status tanren_picture_decode(
  const uint8_t *bytes, size_t count, int channels, int64_t limit, struct tanren_picture *picture);

void tanren_picture_free(struct tanren_picture *picture);

// A window of the picture resized to full_width x full_height: bilinear, antialiased where it shrinks, with the
// arithmetic of Pillow's BILINEAR. Only the window is computed.
//
// `output`: the window's first byte; a pixel takes 1 byte for grey and 3 for colours. `stride`: bytes from one of
// output's rows to the next.
// Returns 0 if memory is lacking.
int tanren_picture_resize(
  const struct tanren_picture *picture, int64_t full_width, int64_t full_height, int64_t left, int64_t top,
  int32_t width, int32_t height, uint8_t *output, size_t stride);

#endif
