#include "picture_files.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#ifndef JCS_EXTENSIONS
#error "libjpeg-turbo is needed: another libjpeg is found first"
#endif

// A progressive file has a few dozen scans at most. One of thousands takes minutes to decode.
#define MOST_SCANS 500

struct failure {
  struct jpeg_error_mgr manager;
  jmp_buf place;
  char *message;
  int is_truncated;
};

static void jump(j_common_ptr decoder) {
  struct failure *failure = (struct failure *)decoder->err;
  (*decoder->err->format_message)(decoder, failure->message);
  longjmp(failure->place, 1);
}

// Warnings of missing or undecodable data are errors: the decoder would fill the rest of the picture with grey.
static void judge(j_common_ptr decoder, int level) {
  if (level >= 0) return;
  struct failure *failure = (struct failure *)decoder->err;
  switch (decoder->err->msg_code) {
  case JWRN_JPEG_EOF:
  case JWRN_HIT_MARKER:
    failure->is_truncated = 1;
    jump(decoder);
  case JWRN_HUFF_BAD_CODE:
  case JWRN_ARITH_BAD_CODE: jump(decoder);
  default: break;
  }
}

static void count_scans(j_common_ptr decoder) {
  if (((j_decompress_ptr)decoder)->input_scan_number <= MOST_SCANS) return;
  struct failure *failure = (struct failure *)decoder->err;
  snprintf(failure->message, JMSG_LENGTH_MAX, "it has more than %d scans", MOST_SCANS);
  longjmp(failure->place, 1);
}

// Inverted cyan, magenta, yellow and black as red, green and blue.
static void convert_cmyk(uint8_t *pixels, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint8_t *pixel = pixels + 4 * i;
    unsigned light = pixel[3];
    for (int c = 0; c < 3; c++) {
      unsigned product = (255 - pixel[c]) * light + 128;
      pixel[c] = (uint8_t)(light - ((product + (product >> 8)) >> 8));
    }
  }
}

static int is_exif(const struct jpeg_marker_struct *marker) {
  return marker->marker == JPEG_APP0 + 1 && marker->data_length > 6 && memcmp(marker->data, "Exif\0\0", 6) == 0;
}

enum tanren_picture_status tanren_read_jpeg(
  const uint8_t *bytes, size_t count, int pixels, int64_t limit, struct tanren_picture *picture, int *orientation) {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
  char message[JMSG_LENGTH_MAX] = "";
  struct failure failure = {.message = message};
  memset(&decoder, 0, sizeof decoder);
  decoder.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = jump;
  failure.manager.emit_message = judge;
  if (setjmp(failure.place)) {
    jpeg_destroy_decompress(&decoder);
    snprintf(picture->message, sizeof picture->message, "%s", message);
    return failure.is_truncated ? TANREN_PICTURE_TRUNCATED : TANREN_PICTURE_DAMAGED;
  }
  jpeg_create_decompress(&decoder);
  decoder.progress = &progress;
  jpeg_mem_src(&decoder, bytes, count);
  jpeg_save_markers(&decoder, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&decoder, TRUE);
  picture->width = (int32_t)decoder.image_width;
  picture->height = (int32_t)decoder.image_height;
  picture->is_grey = decoder.num_components == 1;
  for (jpeg_saved_marker_ptr marker = decoder.marker_list; marker; marker = marker->next) {
    if (is_exif(marker)) *orientation = tanren_exif_orientation(marker->data + 6, marker->data_length - 6);
  }
  enum tanren_picture_status status = TANREN_PICTURE_READ;
  if ((int64_t)decoder.image_width * decoder.image_height > limit) {
    status = TANREN_PICTURE_TOO_LARGE;
  } else if (pixels) {
    int is_cmyk = decoder.num_components == 4;
    decoder.out_color_space = is_cmyk ? JCS_CMYK : picture->is_grey ? JCS_GRAYSCALE : JCS_EXT_RGBX;
    picture->channels = picture->is_grey ? 1 : 4;
    size_t stride = (size_t)picture->channels * decoder.image_width;
    picture->pixels = malloc(stride * decoder.image_height);
    if (picture->pixels) {
      jpeg_start_decompress(&decoder);
      while (decoder.output_scanline < decoder.output_height) {
        JSAMPROW rows[8];
        unsigned rest = decoder.output_height - decoder.output_scanline, wanted = rest < 8 ? rest : 8;
        for (unsigned i = 0; i < wanted; i++) rows[i] = picture->pixels + (decoder.output_scanline + i) * stride;
        jpeg_read_scanlines(&decoder, rows, wanted);
      }
      jpeg_finish_decompress(&decoder);
      if (is_cmyk) convert_cmyk(picture->pixels, (size_t)decoder.image_width * decoder.image_height);
    } else {
      status = TANREN_PICTURE_NO_MEMORY;
    }
  }
  jpeg_destroy_decompress(&decoder);
  return status;
}
