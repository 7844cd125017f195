#include "picture_files.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct source {
  const uint8_t *bytes;
  size_t count;
  size_t offset;
  int is_truncated;
  char *message;
  size_t message_size;
};

static void fail(png_structp png, png_const_charp text) {
  struct source *source = png_get_error_ptr(png);
  strncpy(source->message, text, source->message_size - 1);
  png_longjmp(png, 1);
}

// Of what a decoder can do without.
static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void take(png_structp png, png_bytep target, size_t size) {
  struct source *source = png_get_io_ptr(png);
  if (size > source->count - source->offset) {
    source->is_truncated = 1;
    png_error(png, "the file ends early");
  }
  memcpy(target, source->bytes + source->offset, size);
  source->offset += size;
}

// Pixels of 4 bytes with opacity in the last one, put on white.
static void flatten(uint8_t *pixels, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint8_t *pixel = pixels + 4 * i;
    unsigned opacity = pixel[3];
    if (opacity == 255) continue;
    for (int c = 0; c < 3; c++) pixel[c] = (uint8_t)((pixel[c] * opacity + 255 * (255 - opacity) + 127) / 255);
  }
}

enum tanren_picture_status tanren_read_png(
  const uint8_t *bytes, size_t count, int pixels, int64_t limit, struct tanren_picture *picture, int *orientation) {
  struct source source = {bytes, count, 0, 0, picture->message, sizeof picture->message};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, fail, ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return TANREN_PICTURE_NO_MEMORY;
  }
  // Read after a jump, and changed between.
  png_bytep *volatile rows = NULL;
  volatile enum tanren_picture_status status = TANREN_PICTURE_READ;
  if (setjmp(png_jmpbuf(png))) {
    status = source.is_truncated ? TANREN_PICTURE_TRUNCATED : TANREN_PICTURE_DAMAGED;
    goto end;
  }
  png_set_read_fn(png, &source, take);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_read_info(png, info);
  size_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  picture->width = (int32_t)width;
  picture->height = (int32_t)height;
  int kind = png_get_color_type(png, info), depth = png_get_bit_depth(png, info);
  picture->is_grey = kind == PNG_COLOR_TYPE_GRAY || kind == PNG_COLOR_TYPE_GRAY_ALPHA;
  if (width > (uint64_t)limit / height) {
    status = TANREN_PICTURE_TOO_LARGE;
    goto end;
  }
  if (pixels) {
    int has_opacity = kind & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS);
    int is_plain = picture->is_grey && !has_opacity;
    png_set_expand(png);
    if (depth == 16) png_set_scale_16(png);
    if (!is_plain) {
      if (picture->is_grey) png_set_gray_to_rgb(png);
      if (!has_opacity) png_set_filler(png, 255, PNG_FILLER_AFTER);
    }
    picture->channels = is_plain ? 1 : 4;
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = width * (size_t)picture->channels;
    if (png_get_rowbytes(png, info) != stride) png_error(png, "its rows have an unexpected length");
    picture->pixels = malloc(stride * height);
    rows = malloc(height * sizeof *rows);
    if (!picture->pixels || !rows) {
      status = TANREN_PICTURE_NO_MEMORY;
      goto end;
    }
    for (size_t y = 0; y < height; y++) rows[y] = picture->pixels + y * stride;
    png_read_image(png, rows);
    png_read_end(png, info);
    if (has_opacity) flatten(picture->pixels, width * height);
  }
  png_uint_32 exif_count = 0;
  png_bytep exif = NULL;
  if (png_get_eXIf_1(png, info, &exif_count, &exif)) *orientation = tanren_exif_orientation(exif, exif_count);
end:
  free(rows);
  png_destroy_read_struct(&png, &info, NULL);
  return status;
}
