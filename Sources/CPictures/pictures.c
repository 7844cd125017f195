#include "picture_files.h"

#include <stdlib.h>
#include <string.h>

static unsigned number(const uint8_t *bytes, int size, int is_big) {
  unsigned value = 0;
  for (int i = 0; i < size; i++) value = value << 8 | bytes[is_big ? i : size - 1 - i];
  return value;
}

int tanren_exif_orientation(const uint8_t *bytes, size_t count) {
  if (count < 14) return 1;
  int is_big = memcmp(bytes, "MM\0*", 4) == 0;
  if (!is_big && memcmp(bytes, "II*\0", 4) != 0) return 1;
  size_t offset = number(bytes + 4, 4, is_big);
  if (offset > count - 2) return 1;
  unsigned entries = number(bytes + offset, 2, is_big);
  offset += 2;
  for (unsigned i = 0; i < entries && offset + 12 <= count; i++, offset += 12) {
    if (number(bytes + offset, 2, is_big) != 0x0112) continue;
    unsigned value = number(bytes + offset + 8, 2, is_big);
    return value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}

// The pixels turned and mirrored as the orientation says.
static enum tanren_picture_status orient(struct tanren_picture *picture, int orientation) {
  int is_turned = orientation > 4;
  int32_t width = picture->width, height = picture->height;
  if (is_turned) {
    picture->width = height;
    picture->height = width;
  }
  if (orientation == 1 || !picture->pixels) return TANREN_PICTURE_READ;
  size_t size = (size_t)picture->channels;
  uint8_t *turned = malloc((size_t)width * (size_t)height * size);
  if (!turned) return TANREN_PICTURE_NO_MEMORY;
  uint8_t *target = turned;
  for (int32_t y = 0; y < picture->height; y++) {
    for (int32_t x = 0; x < picture->width; x++, target += size) {
      int32_t column = is_turned ? y : x, row = is_turned ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) column = width - 1 - column;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) row = height - 1 - row;
      memcpy(target, picture->pixels + ((size_t)row * (size_t)width + (size_t)column) * size, size);
    }
  }
  free(picture->pixels);
  picture->pixels = turned;
  return TANREN_PICTURE_READ;
}

// Grey pixels as colours, or colours as grey.
static enum tanren_picture_status convert(struct tanren_picture *picture, int channels) {
  if (picture->channels == (channels == 1 ? 1 : 4)) return TANREN_PICTURE_READ;
  size_t count = (size_t)picture->width * (size_t)picture->height;
  uint8_t *converted = malloc(channels == 1 ? count : 4 * count);
  if (!converted) return TANREN_PICTURE_NO_MEMORY;
  const uint8_t *pixel = picture->pixels;
  if (channels == 1) {
    for (size_t i = 0; i < count; i++, pixel += 4) {
      converted[i] = (uint8_t)((pixel[0] * 19595u + pixel[1] * 38470u + pixel[2] * 7471u + 0x8000) >> 16);
    }
  } else {
    for (size_t i = 0; i < count; i++) memset(converted + 4 * i, pixel[i], 4);
  }
  free(picture->pixels);
  picture->pixels = converted;
  picture->channels = channels == 1 ? 1 : 4;
  return TANREN_PICTURE_READ;
}

static enum tanren_picture_status read_picture(
  const uint8_t *bytes, size_t count, int pixels, int64_t limit, struct tanren_picture *picture) {
  static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  memset(picture, 0, sizeof *picture);
  int orientation = 1;
  enum tanren_picture_status status;
  if (count >= sizeof png && memcmp(bytes, png, sizeof png) == 0) {
    status = tanren_read_png(bytes, count, pixels, limit, picture, &orientation);
  } else if (count >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff) {
    picture->is_jpeg = 1;
    status = tanren_read_jpeg(bytes, count, pixels, limit, picture, &orientation);
  } else {
    return TANREN_PICTURE_UNKNOWN;
  }
  if (status == TANREN_PICTURE_READ) status = orient(picture, orientation);
  return status;
}

enum tanren_picture_status tanren_picture_header(
  const uint8_t *bytes, size_t count, int64_t limit, struct tanren_picture *picture) {
  return read_picture(bytes, count, 0, limit, picture);
}

enum tanren_picture_status tanren_picture_decode(
  const uint8_t *bytes, size_t count, int channels, int64_t limit, struct tanren_picture *picture) {
  enum tanren_picture_status status = read_picture(bytes, count, 1, limit, picture);
  if (status == TANREN_PICTURE_READ) status = convert(picture, channels);
  if (status != TANREN_PICTURE_READ) tanren_picture_free(picture);
  return status;
}

void tanren_picture_free(struct tanren_picture *picture) {
  free(picture->pixels);
  picture->pixels = NULL;
}
