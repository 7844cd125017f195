#ifndef TANREN_PICTURE_FILES_H
#define TANREN_PICTURE_FILES_H

#include "pictures.h"

// What the readers of both formats do: with `pixels` false they stop after the header. Width, height and pixels are as
// stored; `orientation` gets EXIF's, 1 to 8.
enum tanren_picture_status tanren_read_png(
  const uint8_t *bytes, size_t count, int pixels, int64_t limit, struct tanren_picture *picture, int *orientation);
enum tanren_picture_status tanren_read_jpeg(
  const uint8_t *bytes, size_t count, int pixels, int64_t limit, struct tanren_picture *picture, int *orientation);

// The orientation in EXIF data that begin with the TIFF header; 1 if there is none.
int tanren_exif_orientation(const uint8_t *bytes, size_t count);

#endif
